/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Every piece is an allocation of its own, so that a sanitizer sees its end. */
union piece {
	union piece *next;
	max_align_t align;
};

struct config_pool {
	union piece *pieces;
};

void *(*pool_source)(size_t count, size_t size) = calloc;

struct config_pool *pool_new(void)
{
	return pool_source(1, sizeof(struct config_pool));
}

void pool_free(struct config_pool *pool)
{
	union piece *piece, *next;

	if (!pool)
		return;
	for (piece = pool->pieces; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
	free(pool);
}

void *pool_array(struct config_pool *pool, size_t count, size_t size)
{
	union piece *piece;
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*piece), &bytes))
		return NULL;
	piece = pool_source(1, bytes);
	if (!piece)
		return NULL;
	piece->next = pool->pieces;
	pool->pieces = piece;
	return piece + 1;
}

char *pool_copy(struct config_pool *pool, const char *text, size_t length)
{
	char *copy = length < SIZE_MAX ? pool_array(pool, length + 1, 1) : NULL;

	if (copy)
		memcpy(copy, text, length);
	return copy;
}
