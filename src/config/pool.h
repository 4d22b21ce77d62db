/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * pool.h - owner of many small pieces of memory that are given back together:
 * the strings and arrays of one configuration.
 */
#ifndef CONFIG_POOL_H
#define CONFIG_POOL_H

#include <stddef.h>

struct config_pool;

struct config_pool *pool_new(void);	/* NULL: out of memory */
void pool_free(struct config_pool *);	/* NULL is legal */

/* Zeroed memory for count things of that size, NULL when there is none. */
void *pool_array(struct config_pool *, size_t count, size_t size);
char *pool_copy(struct config_pool *, const char *text, size_t length);

/* Where memory comes from; calloc() but in a test that lets it fail. */
extern void *(*pool_source)(size_t count, size_t size);

#endif
