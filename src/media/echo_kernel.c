/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/echo_kernel.h"

#define LOOPS plain
#define LOOPS_NAME "plain"
#include "media/echo_loops.h"

const struct echo_kernel *echo_kernel_avx2(void);

void echo_kernel_all(const struct echo_kernel *list[4])
{
	const struct echo_kernel *k = echo_kernel_avx2();

	if (k)
		*list++ = k;
	*list++ = &kernel_plain;
	*list = NULL;
}

const struct echo_kernel *echo_kernel_best(void)
{
	const struct echo_kernel *list[4];

	echo_kernel_all(list);
	return list[0];
}
