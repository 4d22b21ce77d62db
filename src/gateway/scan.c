/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * scan.c - tipringd --scan: the ports and spans there are, as a table and as
 * sections for the configuration. The way a new user starts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/table.h"
#include "gateway/gateway.h"
#include "tipring/media.h"

#define PORTS 1024
#define FIRST_NUMBER 1001	/* of the section's lines: to be changed */

struct scan {
	struct port_info *ports;
	size_t count;
};

static int found(const struct port_info *info, void *arg)
{
	struct scan *s = arg;

	if (s->count < PORTS)
		s->ports[s->count++] = *info;
	return 0;
}

static bool is_usable(const struct port_info *p)
{
	return p->kind == PORT_FXS || p->kind == PORT_FXO;
}

static const char *signalling_name(const struct port_info *p)
{
	if (!is_usable(p))
		return "-";
	switch (p->signalling) {
	case SIGNALLING_LOOP_START: return "loop start";
	case SIGNALLING_GROUND_START: return "ground start";
	case SIGNALLING_KEWLSTART: return "kewlstart";
	case SIGNALLING_CLEAR: break;
	}
	return "-";
}

/* ", held by asterisk (process 812)" */
static void holder(const struct port_info *p, char *text, size_t size)
{
	const char *address = "";
	const struct line_driver *d = line_driver_find(p->name, &address);
	char who[112];

	*text = '\0';
	if (p->in_use && d && d->holder && d->holder(address, who, sizeof(who)))
		snprintf(text, size, ", held by %s", who);
}

/* Also a comment of the section, so that all of it can go into a file. */
static void print_table(const struct scan *s)
{
	printf("# %-12s %-5s %-13s %-7s %s\n", "PORT", "KIND", "SIGNALLING",
	       "IN USE", "CARD");
	for (size_t i = 0; i < s->count; i++) {
		const struct port_info *p = &s->ports[i];
		char held[128];

		/* B channels are told with their span. */
		if (p->kind == PORT_B)
			continue;
		holder(p, held, sizeof(held));
		printf("# %-12s %-5s %-13s %-7s %s%s\n", p->name, p->span ? "span" :
		       p->kind ? port_kind_name(p->kind) : "-",
		       signalling_name(p), p->in_use ? "yes" : "no", p->text, held);
	}
}

static void print_line(const struct port_info *p, const char *trunk, unsigned number,
		       bool last)
{
	const char *slash = strchr(p->name, '/');
	const char *kind = port_kind_name(p->kind);

	printf("  { name = \"%s-%s\"; port = \"%s\"; kind = \"%s\"; number = \"%u\";\n"
	       "    trunk = \"%s\";%s }%s\n", kind, slash ? slash + 1 : p->name,
	       p->name, kind, number, trunk,
	       p->kind == PORT_FXO ? " ring_to = \"100\";" : "", last ? "" : ",");
}

static void print_lines(const struct scan *s, const char *trunk, size_t usable)
{
	size_t done = 0;

	printf("\n# Put this into tipring.conf. number: who calls it reaches the line;\n"
	       "# ring_to: whom the ringing of an fxo line calls; trunk: as in trunks.\n"
	       "lines = (\n");
	for (size_t i = 0; i < s->count; i++) {
		if (!is_usable(&s->ports[i]))
			continue;
		print_line(&s->ports[i], trunk, FIRST_NUMBER + (unsigned)done,
			   done + 1 == usable);
		done++;
	}
	puts(");");
}

static void print_spans(const struct scan *s, const char *trunk, size_t spans)
{
	size_t done = 0;

	printf("\n# Put this into tipring.conf. role: network towards a PBX, user towards\n"
	       "# an exchange; switch: as the other side is set; calls_to: the trunk that\n"
	       "# takes its calls; numbers: the calls that go to it.\n"
	       "spans = (\n");
	for (size_t i = 0; i < s->count; i++) {
		const struct port_info *p = &s->ports[i];

		if (!p->span)
			continue;
		printf("  { name = \"span-%s\"; port = \"%s\"; role = \"network\"; "
		       "switch = \"%s\";\n    calls_to = \"%s\"; "
		       "numbers = [\"%zuXXX\"]; }%s\n", strrchr(p->name, '/') + 1,
		       p->name, p->t1 ? "ni2" : "euroisdn", trunk, 1 + done % 9,
		       done + 1 == spans ? "" : ",");
		done++;
	}
	puts(");");
}

static void print_sections(const struct scan *s, const char *trunk)
{
	size_t usable = 0, spans = 0, raw = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct port_info *p = &s->ports[i];

		usable += is_usable(p);
		spans += p->span;
		raw += is_usable(p) && p->signalling == SIGNALLING_CLEAR;
	}
	if (usable)
		print_lines(s, trunk, usable);
	if (spans)
		print_spans(s, trunk, spans);
	if (raw)
		puts("\n# Before they work, `tipring lines --setup` must configure "
		     "those that are not yet.");
	if (!usable && !spans)
		puts("\n# None of them is configured for lines or spans: let\n"
		     "# `tipring lines --setup` do it, and scan again.");
}

static void quiet(void *arg, const char *text)
{
}

int gateway_scan(const char *file)
{
	struct scan s = { .ports = calloc(PORTS, sizeof(*s.ports)) };
	struct config *conf;

	if (!s.ports) {
		fputs("tipringd: out of memory\n", stderr);
		return 1;
	}
	for (size_t i = 0; line_drivers[i]; i++)
		if (line_drivers[i]->scan)
			line_drivers[i]->scan(found, &s);
	if (!s.count) {
		fputs("tipringd: there is no port. Is there a card, and its driver "
		      "loaded (modprobe wctdm, wctdm24xxp, ...)? `dahdi_hardware` "
		      "lists cards that need one.\n", stderr);
		free(s.ports);
		return 1;
	}
	print_table(&s);
	conf = config_load(file, quiet, NULL);
	print_sections(&s, conf && conf->trunk_count ? conf->trunks[0].name
						    : "provider");
	config_free(conf);
	free(s.ports);
	return 0;
}
