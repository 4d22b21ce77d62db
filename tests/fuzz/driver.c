/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Runs a fuzz target without libFuzzer: each seed as it is, then FUZZ_RUNS
 * (default 400) mutations of it, the same ones at each run. A seed is a TAP
 * test in a child process; the input that killed it is kept in
 * NAME-fuzz-crash. With files as arguments it runs just these.
 */
#include "driver.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE_MOST = 1 << 16, SEEDS_MOST = 512, SECONDS_MOST = 60 };

struct input {
	char name[256];
	size_t size;
	uint8_t *data;
};

/* What the child is at, seen by the parent when it is gone. */
struct shared {
	unsigned run;
	size_t size;
	uint8_t data[SIZE_MOST];
};

static struct input seeds[SEEDS_MOST];
static size_t seed_count;
static struct shared *shared;
static uint64_t state;

static uint32_t random_below(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (state >> 32) % n : 0;
}

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(1);
}

static void read_input(struct input *to, const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		die(path);
	to->data = malloc(SIZE_MOST);
	if (!to->data)
		die("malloc");
	to->size = fread(to->data, 1, SIZE_MOST, f);
	fclose(f);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static void read_seeds(void)
{
	const char *source = getenv("SOURCE");
	char directory[2048], path[4096];
	struct dirent *e;
	DIR *d;

	snprintf(directory, sizeof(directory), "%s/tests/fuzz/seeds/%s",
		 source ? source : "..", fuzz_name);
	d = opendir(directory);
	if (!d)
		die(directory);
	while ((e = readdir(d)) && seed_count < SEEDS_MOST) {
		struct input *to = &seeds[seed_count];

		if (*e->d_name == '.')
			continue;
		snprintf(to->name, sizeof(to->name), "%s", e->d_name);
		snprintf(path, sizeof(path), "%s/%s", directory, e->d_name);
		read_input(to, path);
		seed_count++;
	}
	closedir(d);
	qsort(seeds, seed_count, sizeof(*seeds), by_name);
}

/* --------------------------------------------------------------- mutations */

/* Replaces `cut` bytes at `at` by `size` others, as far as there is room. */
static void splice(size_t at, size_t cut, const uint8_t *data, size_t size)
{
	static uint8_t copy[SIZE_MOST];
	size_t rest = shared->size - at - cut;

	if (at + size > SIZE_MOST)
		size = SIZE_MOST - at;
	if (at + size + rest > SIZE_MOST)
		rest = SIZE_MOST - at - size;
	memcpy(copy, data, size);
	memmove(shared->data + at + size, shared->data + at + cut, rest);
	memcpy(shared->data + at, copy, size);
	shared->size = at + size + rest;
}

static void put_word(size_t at, size_t cut)
{
	size_t count = 0;
	const char *word;

	while (fuzz_words[count])
		count++;
	if (!count)
		return;
	word = fuzz_words[random_below(count)];
	splice(at, cut, (const uint8_t *)word, strlen(word));
}

static void mutate(void)
{
	static const uint8_t odd[] = { 0, 1, 9, 10, 13, 32, 127, 128, 255, '"', '\\' };
	size_t size = shared->size, at = random_below(size + 1);
	size_t cut = random_below((size - at < 32 ? size - at : 32) + 1);
	const struct input *other = &seeds[random_below(seed_count)];
	size_t from = random_below(other->size + 1);

	switch (random_below(8)) {
	case 0:
		if (at < size)
			shared->data[at] ^= 1u << random_below(8);
		break;
	case 1:
		if (at < size)
			shared->data[at] = odd[random_below(sizeof(odd))];
		break;
	case 2:
		splice(at, cut, shared->data, 0);
		break;
	case 3:
		splice(at, 0, shared->data + at, cut);
		break;
	case 4:
		put_word(at, 0);
		break;
	case 5:
		put_word(at, cut);
		break;
	case 6:
		splice(at, cut, other->data + from, random_below(other->size - from + 1) % 256);
		break;
	case 7:
		if (!random_below(4))
			shared->size = at;
		break;
	}
}

static void run_seed(const struct input *seed, unsigned runs)
{
	state = 0x9e3779b97f4a7c15u ^ (seed->size << 20) ^ seed->name[0];
	alarm(SECONDS_MOST);
	for (unsigned i = 0; i <= runs; i++) {
		uint8_t *exact;

		shared->run = i;
		memcpy(shared->data, seed->data, seed->size);
		shared->size = seed->size;
		for (unsigned m = i ? 1 + random_below(4) : 0; m; m--)
			mutate();
		/* Of its own size, so that a sanitizer sees a read beyond. */
		exact = malloc(shared->size + !shared->size);
		if (!exact)
			abort();
		memcpy(exact, shared->data, shared->size);
		LLVMFuzzerTestOneInput(exact, shared->size);
		free(exact);
	}
}

/* -------------------------------------------------------------------- TAP */

static void keep_crash(void)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s-fuzz-crash", fuzz_name);
	f = fopen(path, "wb");
	if (!f)
		return;
	fwrite(shared->data, 1, shared->size, f);
	fclose(f);
	printf("# the input is in %s\n", path);
}

static int test_seed(size_t i, unsigned runs)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child < 0)
		die("fork");
	if (!child) {
		run_seed(&seeds[i], runs);
		exit(0);	/* a leak check runs now */
	}
	if (waitpid(child, &status, 0) != child)
		die("waitpid");
	if (!status) {
		printf("ok %zu - %s and %u mutations of it\n", i + 1, seeds[i].name, runs);
		return 0;
	}
	printf("not ok %zu - %s, mutation %u: %s %d\n", i + 1, seeds[i].name, shared->run,
	       WIFSIGNALED(status) ? WTERMSIG(status) == SIGALRM ?
	       "it hangs, signal" : "signal" : "status",
	       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	keep_crash();
	return 1;
}

int main(int argc, char **argv)
{
	const char *runs = getenv("FUZZ_RUNS");
	int failed = 0;

	for (int i = 1; i < argc; i++) {
		struct input input;

		read_input(&input, argv[i]);
		LLVMFuzzerTestOneInput(input.data, input.size);
		free(input.data);
	}
	if (argc > 1)
		return 0;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap");
	read_seeds();
	if (!seed_count) {
		errno = ENOENT;
		die("seeds");
	}
	printf("1..%zu\n", seed_count);
	for (size_t i = 0; i < seed_count; i++)
		failed += test_seed(i, runs ? strtoul(runs, NULL, 10) : 400);
	for (size_t i = 0; i < seed_count; i++)
		free(seeds[i].data);
	return failed != 0;
}
