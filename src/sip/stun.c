/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/stun.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>

/* RFC 5389 sections 6, 15 and 18. */
#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define BINDING_ERROR 0x0111
#define MAPPED_ADDRESS 0x0001
#define XOR_MAPPED_ADDRESS 0x0020
#define HEADER 20
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2

static const uint8_t cookie[4] = { 0x21, 0x12, 0xa4, 0x42 };

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

void stun_request(uint8_t to[STUN_REQUEST], const uint8_t id[STUN_ID])
{
	memset(to, 0, STUN_REQUEST);
	to[1] = BINDING_REQUEST;
	memcpy(to + 4, cookie, sizeof(cookie));
	memcpy(to + 8, id, STUN_ID);
}

/* Section 15.1 and 15.2. mask: 16 octets that are laid over it. */
static bool read_address(struct sockaddr_storage *to, const uint8_t *p, size_t n,
			 const uint8_t mask[16])
{
	struct sockaddr_in *in = (void *)to;
	struct sockaddr_in6 *in6 = (void *)to;
	size_t size = n > 1 && p[1] == FAMILY_IPV6 ? 16 : 4;
	uint8_t address[16];
	uint16_t port;

	if (n != 4 + size || (p[1] != FAMILY_IPV4 && p[1] != FAMILY_IPV6))
		return false;
	port = htons((uint16_t)(get16(p + 2) ^ get16(mask)));
	for (size_t i = 0; i < size; i++)
		address[i] = p[4 + i] ^ mask[i];
	memset(to, 0, sizeof(*to));
	if (size == 4) {
		in->sin_family = AF_INET;
		in->sin_port = port;
		memcpy(&in->sin_addr, address, size);
	} else {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = port;
		memcpy(&in6->sin6_addr, address, size);
	}
	return true;
}

int stun_response(struct sockaddr_storage *mapped, const uint8_t *data, size_t size,
		  const uint8_t id[STUN_ID])
{
	static const uint8_t clear[16];
	uint8_t mask[16];
	bool found = false;
	unsigned type;

	if (size < HEADER || data[0] & 0xc0 || get16(data + 2) != size - HEADER ||
	    size % 4 || memcmp(data + 4, cookie, sizeof(cookie)))
		return -EINVAL;
	if (memcmp(data + 8, id, STUN_ID))
		return -EBADMSG;
	type = get16(data);
	if (type == BINDING_ERROR)
		return -ECONNREFUSED;
	if (type != BINDING_SUCCESS)
		return -EINVAL;
	memcpy(mask, cookie, sizeof(cookie));
	memcpy(mask + sizeof(cookie), id, STUN_ID);
	for (const uint8_t *p = data + HEADER, *end = data + size; p < end;) {
		size_t n, room = (size_t)(end - p);

		if (room < 4)
			return -EINVAL;
		n = get16(p + 2);
		if (n > room - 4)
			return -EINVAL;
		/* The plain one only where there is no other: some NATs rewrite
		 * addresses that they find in packets. */
		if (get16(p) == XOR_MAPPED_ADDRESS) {
			if (!read_address(mapped, p + 4, n, mask))
				return -EINVAL;
			return 0;
		}
		if (get16(p) == MAPPED_ADDRESS && !found)
			found = read_address(mapped, p + 4, n, clear);
		p += 4 + ((n + 3) & ~(size_t)3);
	}
	return found ? 0 : -ENODATA;
}
