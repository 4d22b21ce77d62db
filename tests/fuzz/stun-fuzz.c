/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Any bytes as a STUN server's answer: an address comes out, or an error. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "sip/stun.h"

const char fuzz_name[] = "stun";

const char *const fuzz_words[] = {
	"\x01\x01", "\x01\x11", "!\x12\xa4" "B", "\x01\x02", "\xff\xff", "abcdefghijkl",
	NULL
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* An allocation of its own: a read past its end shows. */
	uint8_t *copy = malloc(size + !size);
	struct sockaddr_storage mapped = { 0 };
	uint8_t id[STUN_ID] = "abcdefghijkl";

	if (!copy)
		return 0;
	memcpy(copy, data, size);
	/* Most of them pass as ours, else nothing behind the head is seen. */
	if (size >= 20)
		memcpy(id, copy + 8, sizeof(id));
	if (!stun_response(&mapped, copy, size, id) &&
	    mapped.ss_family != AF_INET && mapped.ss_family != AF_INET6) {
		fprintf(stderr, "stun-fuzz: an answer without address\n");
		abort();
	}
	free(copy);
	return 0;
}
