/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The loops for x86 with AVX2 and FMA. Function pointers and not ifunc: those
 * are resolved before a sanitizer's run-time library has started.
 */
#include "media/echo_kernel.h"

const struct echo_kernel *echo_kernel_avx2(void);

#ifdef __x86_64__
#pragma GCC target("avx2,fma")
#define LOOPS avx2
#define HOLD(v) __asm__("" : "+x"(v))
#define LOOPS_NAME "avx2"
#include "media/echo_loops.h"

const struct echo_kernel *echo_kernel_avx2(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ?
		&kernel_avx2 : NULL;
}
#else
const struct echo_kernel *echo_kernel_avx2(void)
{
	return NULL;
}
#endif
