/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * options.h - tipring-pbx's command line.
 */
#ifndef PBX_OPTIONS_H
#define PBX_OPTIONS_H

#include "pbx/pbx.h"

struct options_line {
	char name[PORT_NAME_SIZE];
	char port[PORT_NAME_SIZE];	/* "dahdi/1"; "": the simulated line of
					   that name */
	enum port_kind kind;
	enum audio_format format;	/* of B channels */
};

struct options_span {
	char name[PORT_NAME_SIZE];
	char type[12];			/* switch, "" euroisdn */
	char port[PORT_NAME_SIZE];	/* "": the simulated span of that name */
	bool network;
};

struct options {
	const char *directory, *country, *control, *script, *connect;
	bool interactive, stay, log;
	struct model_conf model;
	struct options_line lines[PBX_LINES];
	unsigned line_count;
	struct options_span spans[PBX_SPANS];
	unsigned span_count;
	char **commands;	/* for --connect */
	int command_count;
};

/* True: go on. False: end with *status, all is said. */
bool options_parse(struct options *, int argc, char **argv, int *status);

#endif
