/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include <jansson.h>

/* Prints the limits of a reply; an exit status. */
int list_limits(const json_t *reply);

#endif
