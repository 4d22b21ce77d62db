/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What there is, from sysfs: it needs no rights and disturbs no call. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drivers/dahdi/port.h"

#define SPANS "/sys/bus/dahdi_spans/devices"
#define CHANNELS "/sys/bus/dahdi_channels/devices"

/* The first line of a file, "" when there is none. */
static void read_line(const char *path, char *text, size_t size)
{
	FILE *f = fopen(path, "re");

	text[0] = '\0';
	if (!f)
		return;
	if (fgets(text, (int)size, f))
		text[strcspn(text, "\n")] = '\0';
	fclose(f);
}

static void channel_file(int span, int position, const char *name, char *text,
			 size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), CHANNELS "/dahdi!chan!%03d!%03d/%s", span,
		 position, name);
	read_line(path, text, size);
}

bool dahdi_has_canceller(int span, int position)
{
	char name[32];

	channel_file(span, position, "ec_factory", name, sizeof(name));
	return *name;
}

/* The kernel's word for a channel that dahdi_cfg has not set. */
static bool is_configured(const char *sig)
{
	return *sig && strcmp(sig, "Unconfigured");
}

/* As dahdi_cfg has set it, else what the port is made for: the kernel names
 * the signalling after the far end, a port after itself. */
static void kind_of(const char *sig, const char *sigcap, struct port_info *info)
{
	const char *s = is_configured(sig) ? sig : sigcap;
	bool fxs = strstr(s, "FXO"), fxo = strstr(s, "FXS");

	if (fxs != fxo)
		info->kind = fxs ? PORT_FXS : PORT_FXO;
	else if (!strcmp(s, "Clear"))
		info->kind = PORT_B;
	info->signalling = !is_configured(sig) ? SIGNALLING_CLEAR :
			   strstr(sig, "KS") ? SIGNALLING_KEWLSTART :
			   strstr(sig, "GS") ? SIGNALLING_GROUND_START :
					       SIGNALLING_LOOP_START;
}

static void describe(int span, int position, const char *card, bool digital,
		     struct port_info *info)
{
	char number[16], sig[32], sigcap[128], in_use[8], alarms[32];

	channel_file(span, position, "channo", number, sizeof(number));
	channel_file(span, position, "sig", sig, sizeof(sig));
	channel_file(span, position, "sigcap", sigcap, sizeof(sigcap));
	channel_file(span, position, "in_use", in_use, sizeof(in_use));
	channel_file(span, position, "alarms", alarms, sizeof(alarms));
	*info = (struct port_info){ .in_use = in_use[0] == '1' };
	snprintf(info->name, sizeof(info->name), "dahdi/%d", atoi(number));
	kind_of(sig, sigcap, info);
	info->capabilities = dahdi_capabilities(info->kind, info->signalling, digital);
	if (!dahdi_has_canceller(span, position))
		info->capabilities &= ~PORT_CANCELLER;
	snprintf(info->text, sizeof(info->text), "%.48s, port %d%s%s", card, position,
		 is_configured(sig) ? "" : *sigcap ? ", not configured" :
		 ", no module in it", alarms[0] ? ", alarm" : "");
}

static bool is_d_channel(int span, int position)
{
	char sig[32];

	channel_file(span, position, "sig", sig, sizeof(sig));
	return strstr(sig, "HDLC");
}

/* As dahdi_cfg has set it, or as the card is made for: then it has no D channel
 * yet. 0: no primary rate span. */
static int describe_span(int span, int slots, const char *card,
			 struct port_info *info)
{
	char path[96], type[16];
	int d = 0, b = 0, n;

	snprintf(path, sizeof(path), SPANS "/span-%d/spantype", span);
	read_line(path, type, sizeof(type));
	*info = (struct port_info){ .span = true, .t1 = slots <= 24,
				    .signalling = SIGNALLING_CLEAR };
	for (int i = 1; i <= slots; i++) {
		struct port_info slot;

		describe(span, i, "", true, &slot);
		b += slot.kind == PORT_B;
		if (is_d_channel(span, i)) {
			d = i;
			info->in_use = slot.in_use;
		}
	}
	if (!d && strcmp(type, "E1") && strcmp(type, "T1") && strcmp(type, "J1"))
		return 0;
	snprintf(info->name, sizeof(info->name), "dahdi/span/%d", span);
	n = snprintf(info->text, sizeof(info->text), "%s, %.40s", info->t1 ? "T1" :
		     "E1", card);
	if (d)
		snprintf(info->text + n, sizeof(info->text) - (size_t)n,
			 ", %d B channels, D channel %d", b, d);
	else
		snprintf(info->text + n, sizeof(info->text) - (size_t)n,
			 ", not configured");
	return d ? d : -1;
}

static int scan_span(int span, int (*found)(const struct port_info *, void *),
		     void *arg)
{
	char path[96], card[64], count[16], digital[8];
	int stop = 0, d = 0;

	snprintf(path, sizeof(path), SPANS "/span-%d/desc", span);
	read_line(path, card, sizeof(card));
	snprintf(path, sizeof(path), SPANS "/span-%d/channels", span);
	read_line(path, count, sizeof(count));
	snprintf(path, sizeof(path), SPANS "/span-%d/is_digital", span);
	read_line(path, digital, sizeof(digital));
	if (digital[0] == '1') {
		struct port_info info;

		d = describe_span(span, atoi(count), card, &info);
		if (d)
			stop = found(&info, arg);
	}
	for (int i = 1; !stop && i <= atoi(count); i++) {
		struct port_info info;

		/* What is the span's is told with it. */
		if (d < 0 || i == d)
			continue;
		describe(span, i, card, digital[0] == '1', &info);
		stop = found(&info, arg);
	}
	return stop;
}

int dahdi_scan(int (*found)(const struct port_info *, void *), void *arg)
{
	int stop = 0;

	if (access(SPANS, R_OK) < 0)
		return -errno;
	for (int span = 1; !stop && span <= DAHDI_MAX_SPANS; span++) {
		char path[64];

		snprintf(path, sizeof(path), SPANS "/span-%d", span);
		if (access(path, F_OK) == 0)
			stop = scan_span(span, found, arg);
	}
	return stop;
}
