/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Addresses, ports, codecs. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/value.h"

#define SIP_PORT 5060
#define SIPS_PORT 5061

/* False: text is no address. */
static bool fill_address(struct sockaddr_storage *to, const char *text, uint16_t port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return true;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return true;
	}
	return false;
}

void set_address(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	const char *text = value_text(l, key, s);

	if (text && !fill_address(field, text, 0))
		value_wrong(l, key, s);
}

/* "ADDRESS", "ADDRESS:PORT", "[IPV6]", "[IPV6]:PORT" */
static bool fill_endpoint(struct sockaddr_storage *to, const char *text, long number)
{
	char address[INET6_ADDRSTRLEN + 2];
	const char *end, *port;
	size_t length;

	end = *text == '[' ? strchr(text, ']') : strchr(text, ':');
	if (*text == '[' && !end)
		return false;
	if (!end)
		end = text + strlen(text);
	length = *text == '[' ? end - ++text : end - text;
	port = *end == ']' ? end + 1 : end;
	if (length >= sizeof(address))
		return false;
	snprintf(address, sizeof(address), "%.*s", (int)length, text);
	if (*port) {
		char *rest;

		if (*port != ':' || port[1] < '0' || port[1] > '9')
			return false;
		number = strtol(port + 1, &rest, 10);
		if (*rest || number < 1 || number > 65535)
			return false;
	}
	return fill_address(to, address, number) &&
	       (to->ss_family == AF_INET6) == (*end == ']');
}

static void set_one_listen(struct loader *l, const struct key *key,
			   const config_setting_t *s, struct config_listen *to)
{
	const char *text = value_text(l, key, s);

	to->text = "";
	if (!text)
		return;
	if (!strncmp(text, "udp:", 4)) {
		to->transport = TRANSPORT_UDP;
	} else if (!strncmp(text, "tcp:", 4)) {
		to->transport = TRANSPORT_TCP;
	} else if (!strncmp(text, "tls:", 4)) {
		to->transport = TRANSPORT_TLS;
	} else {
		report_at(l, s, "listen \"%.60s\" must begin with \"udp:\", \"tcp:\" or \"tls:\", like \"udp:0.0.0.0:5060\"", text);
		return;
	}
	if (!fill_endpoint(&to->address, text + 4,
			   to->transport == TRANSPORT_TLS ? SIPS_PORT : SIP_PORT))
		report_at(l, s, "listen \"%.60s\" has no IP address and port behind the transport, like \"udp:0.0.0.0:5060\"", text);
	to->text = keep_text(l, text);
}

void set_listen(struct loader *l, const struct key *key, const config_setting_t *s,
		void *field)
{
	struct config_listen *listen;
	size_t count;

	if (!value_elements(l, key, s, &count))
		return;
	listen = keep_array(l, count, sizeof(*listen));
	for (size_t i = 0; listen && i < count; i++)
		set_one_listen(l, key, value_element(s, i), &listen[i]);
	*(struct config_listen **)field = listen;
	*(size_t *)((char *)field - key->offset + key->count_offset) = listen ? count : 0;
}

void set_range(struct loader *l, const struct key *key, const config_setting_t *s,
	       void *field)
{
	uint16_t *ends = field;
	int type = config_setting_type(s);

	if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST) {
		value_wrong(l, key, s);
		return;
	}
	if (config_setting_length(s) != 2) {
		report_at(l, s, "%s must be %s, not %d", key->name, key->shape,
			  config_setting_length(s));
		return;
	}
	for (int i = 0; i < 2; i++) {
		const config_setting_t *e = config_setting_get_elem(s, i);
		char shown[40];
		long value;

		if (config_setting_type(e) != CONFIG_TYPE_INT) {
			report_at(l, e, "%s: %s is no whole number", key->name,
				  value_shown(e, shown, sizeof(shown)));
			return;
		}
		/* Not value_wrong(): the key's shape is the pair's. */
		value = config_setting_get_int(e);
		if (value < key->least || value > key->most ||
		    (setting_literal(e) && setting_literal(e)->length > 6)) {
			report_at(l, e, "%s: %s is not from %ld to %ld", key->name,
				  value_shown(e, shown, sizeof(shown)), key->least,
				  key->most);
			return;
		}
		ends[i] = value;
	}
	if (ends[0] >= ends[1])
		report_at(l, s, "%s [%u, %u] must begin with the smaller number",
			  key->name, ends[0], ends[1]);
}

/* A list of words, none twice. there_are: what to say of another one. */
static void set_words(struct loader *l, const struct key *key,
		      const config_setting_t *s, int *to, const struct word *words,
		      const char *what, const char *there_are)
{
	size_t count, kept = 0;
	unsigned seen = 0;

	if (!value_elements(l, key, s, &count))
		return;
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *e = value_element(s, i);
		const char *text = value_text(l, key, e);
		const struct word *w = words;

		if (!text)
			continue;
		while (w->text && strcasecmp(w->text, text))
			w++;
		if (!w->text)
			report_at(l, e, "%s \"%.40s\" is not known; there are %s",
				  what, text, there_are);
		else if (seen & 1u << w->value)
			report_at(l, e, "%s %s stands here twice; keep one", what, text);
		else if (kept < (size_t)key->most)
			to[kept++] = w->value;
		seen |= w->text ? 1u << w->value : 0;
	}
	*(size_t *)((char *)to - key->offset + key->count_offset) = kept;
}

void set_codecs(struct loader *l, const struct key *key, const config_setting_t *s,
		void *field)
{
	static const struct word codecs[] = {
		{ "PCMU", CODEC_PCMU }, { "PCMA", CODEC_PCMA }, { NULL, 0 }
	};

	set_words(l, key, s, field, codecs, "codec",
		  "\"PCMU\" (G.711 mu-law) and \"PCMA\" (G.711 A-law)");
}

void set_digests(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	static const struct word digests[] = {
		{ "MD5", DIGEST_MD5 }, { "SHA-256", DIGEST_SHA256 },
		{ "SHA-512-256", DIGEST_SHA512_256 }, { NULL, 0 }
	};

	set_words(l, key, s, field, digests, "digest",
		  "\"SHA-512-256\", \"SHA-256\" and \"MD5\"");
}
