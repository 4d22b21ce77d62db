/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo_loops.h - the bodies behind echo_kernel.h, included once for each kind
 * of processor with LOOPS set to its name. Vectors of 8 floats are the
 * compiler's: it makes one or two registers of each.
 *
 * The loops are bound by loads, not by arithmetic. So each load of the signal
 * serves as many sums as there are registers for.
 */

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define NAME(f) JOIN(f, LOOPS)

typedef float vec __attribute__((vector_size(32)));
typedef float loose __attribute__((vector_size(32), aligned(4), may_alias));
typedef int mask __attribute__((vector_size(32)));

/* HOLD keeps a value in a register where the compiler would rather load it
 * once for each use. */
#ifndef HOLD
#define HOLD(v) (void)0
#endif
#define LOAD(p) ((vec)*(const loose *)(p))
#define STORE(p, v) (*(loose *)(p) = (v))

/* Adds up the lanes of a[0..7] into the lanes of one vector. */
static inline void NAME(fold)(const vec *a, float *y)
{
	vec b[4], c[2];

	for (int i = 0; i < 4; i++)
		b[i] = __builtin_shuffle(a[2 * i], a[2 * i + 1],
				(mask){ 0, 8, 2, 10, 4, 12, 6, 14 }) +
			__builtin_shuffle(a[2 * i], a[2 * i + 1],
				(mask){ 1, 9, 3, 11, 5, 13, 7, 15 });
	for (int i = 0; i < 2; i++)
		c[i] = __builtin_shuffle(b[2 * i], b[2 * i + 1],
				(mask){ 0, 1, 8, 9, 4, 5, 12, 13 }) +
			__builtin_shuffle(b[2 * i], b[2 * i + 1],
				(mask){ 2, 3, 10, 11, 6, 7, 14, 15 });
	STORE(y, __builtin_shuffle(c[0], c[1],
				(mask){ 0, 1, 2, 3, 8, 9, 10, 11 }) +
		__builtin_shuffle(c[0], c[1],
				(mask){ 4, 5, 6, 7, 12, 13, 14, 15 }));
}

static void NAME(filter)(const float *x, const float *h, size_t taps, float *y)
{
	vec a[8] = { { 0 } };

	for (size_t i = 0; i < taps; i += 8) {
		vec t = LOAD(h + i);

#pragma GCC unroll 8
		for (int j = 0; j < 8; j++)
			a[j] += t * LOAD(x + i + j);
	}
	NAME(fold)(a, y);
}

/* Four outputs of both filters: eight sums. */
static inline void NAME(two)(const float *x, const float *h, const float *h2,
			     size_t taps, vec *a, vec *b)
{
	vec a0 = { 0 }, a1 = { 0 }, a2 = { 0 }, a3 = { 0 };
	vec b0 = { 0 }, b1 = { 0 }, b2 = { 0 }, b3 = { 0 };

	for (size_t i = 0; i < taps; i += 8) {
		vec t = LOAD(h + i), u = LOAD(h2 + i), v;

		v = LOAD(x + i);
		HOLD(v);
		a0 += t * v;
		b0 += u * v;
		v = LOAD(x + i + 1);
		HOLD(v);
		a1 += t * v;
		b1 += u * v;
		v = LOAD(x + i + 2);
		HOLD(v);
		a2 += t * v;
		b2 += u * v;
		v = LOAD(x + i + 3);
		HOLD(v);
		a3 += t * v;
		b3 += u * v;
	}
	a[0] = a0, a[1] = a1, a[2] = a2, a[3] = a3;
	b[0] = b0, b[1] = b1, b[2] = b2, b[3] = b3;
}

static void NAME(filter_two)(const float *x, const float *h, const float *h2,
			     size_t taps, float *y, float *y2)
{
	vec a[8], b[8];

	NAME(two)(x, h, h2, taps, a, b);
	NAME(two)(x + 4, h, h2, taps, a + 4, b + 4);
	NAME(fold)(a, y);
	NAME(fold)(b, y2);
}

static void NAME(update)(const float *x, const float *z, const float *gain,
			 float *h, size_t taps)
{
	vec s[8];

	for (int j = 0; j < 8; j++)
		s[j] = (vec){ 0 } + z[j];
	for (size_t i = 0; i < taps; i += ECHO_GROUP) {
		vec a = { 0 }, b = { 0 }, g = (vec){ 0 } + gain[i / ECHO_GROUP];

#pragma GCC unroll 8
		for (int j = 0; j < 8; j++) {
			a += s[j] * LOAD(x + i + j);
			b += s[j] * LOAD(x + i + 8 + j);
		}
		STORE(h + i, LOAD(h + i) + g * a);
		STORE(h + i + 8, LOAD(h + i + 8) + g * b);
	}
}

static void NAME(correlate)(const float *x, float suffix[8][8], float full[8],
			    float *c, size_t stride)
{
	vec p[8], sum = { 0 }, last = LOAD(full);

	for (int b = 0; b < 8; b++) {
		p[b] = x[b] * LOAD(x + b - 7);
		sum += p[b];
		STORE(c + b * stride, b == 7 ? sum + last :
		      sum + last + LOAD(suffix[b + 1]));
	}
	STORE(full, sum);
	sum = (vec){ 0 };
	for (int b = 7; b >= 0; b--) {
		sum += p[b];
		STORE(suffix[b], sum);
	}
}

static void NAME(weigh)(const float *c, const float *gain, size_t groups,
			float *r)
{
	vec a[8] = { { 0 } };

	for (size_t s = 0; s < groups; s++) {
		vec g = (vec){ 0 } + gain[s];

#pragma GCC unroll 8
		for (size_t b = 0; b < 8; b++)
			a[b] += g * LOAD(c + 8 * (b * groups + s));
	}
	for (int b = 0; b < 8; b++)
		STORE(r + 8 * b, a[b]);
}

static void NAME(weights)(const float *h, size_t taps, float *sum)
{
	for (size_t i = 0; i < taps; i += ECHO_GROUP) {
		vec a = LOAD(h + i), b = LOAD(h + i + 8);
		float s = 0;

		a = (vec)((mask)a & 0x7fffffff) + (vec)((mask)b & 0x7fffffff);
		for (int j = 0; j < 8; j++)
			s += a[j];
		sum[i / ECHO_GROUP] = s;
	}
}

static const struct echo_kernel NAME(kernel) = {
	.name = LOOPS_NAME,
	.filter = NAME(filter),
	.filter_two = NAME(filter_two),
	.update = NAME(update),
	.correlate = NAME(correlate),
	.weigh = NAME(weigh),
	.weights = NAME(weights),
};

#undef LOAD
#undef STORE
