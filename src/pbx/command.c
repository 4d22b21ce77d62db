/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * command.c - the commands that set a line in motion; their table, and help.
 * command_wait.c has those that wait.
 */
#include "pbx/command.h"
#include "pbx/span.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_fail(struct client *c, int err, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(c->text, sizeof(c->text), format, ap);
	va_end(ap);
	return err;
}

static int needs(struct client *c, const struct pbx_line *l, enum port_kind kind,
		 const char *what)
{
	return command_fail(c, -ENOTSUP, "line %s is %s; %s", l->name,
			    port_kind_name(l->kind), what);
}

/* A result of the line's own, in words. */
static int result(struct client *c, const struct pbx_line *l, int err)
{
	if (err == -ENOTCONN)
		return command_fail(c, err, "line %s is on hook", l->name);
	if (err == -EBUSY)
		return command_fail(c, err, "line %s is in use", l->name);
	if (err)
		return command_fail(c, err, "line %s: %s", l->name, strerror(-err));
	return 0;
}

static int ring_off(struct client *c, struct pbx_line *l)
{
	if (l->off_hook)
		return result(c, l, -EBUSY);
	exchange_stop_ring(l);
	return 0;
}

/* The rest of: ring LINE from NUMBER [name "TEXT"]. */
static int parse_from(struct client *c, struct pbx_line *l, char **w, int n,
		      struct party *from)
{
	memset(from, 0, sizeof(*from));
	if (n < 2 || strcmp(w[0], "from") || (n != 2 && (n != 4 || strcmp(w[2], "name"))))
		return command_fail(c, -EINVAL,
			"usage: ring LINE [from NUMBER [name \"TEXT\"]] | ring LINE off");
	if (!strcmp(w[1], "private"))
		from->presentation = PRESENTATION_PRIVATE;
	else if (!strcmp(w[1], "unavailable"))
		from->presentation = PRESENTATION_UNAVAILABLE;
	else if (strlen(w[1]) > 20 || strspn(w[1], "+0123456789*#") != strlen(w[1]))
		return command_fail(c, -EINVAL, "\"%s\" is not a number; caller ID "
				    "takes up to 20 digits, private or unavailable", w[1]);
	else
		snprintf(from->number, sizeof(from->number), "%s", w[1]);
	if (n == 4)
		snprintf(from->name, sizeof(from->name), "%s", w[3]);
	return 0;
}

static int word_of(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], word))
			return i + 1;
	return 0;
}

static int do_callerid(struct client *c, struct pbx_line *l, char **w, int n)
{
	static const char *const standards[] = {
		"bellcore", "etsi", "uk", "japan", "dtmf", NULL
	};
	static const char *const alerts[] = {
		"ring", "polarity", "dtas", "none", NULL
	};
	struct callerid_way way = callerid_of(l->pbx->country);

	way.standard = (enum callerid_standard)word_of(standards, w[0]);
	way.alert = n > 1 ? (enum callerid_alert)word_of(alerts, w[1]) : ALERT_RING;
	if (n > 2) {
		way.start = w[2][0];
		way.stop = w[2][0] ? w[2][1] : 0;
	}
	if (!way.standard || !way.alert || !way.stop)
		return command_fail(c, -EINVAL, "usage: callerid LINE bellcore|etsi|uk|"
				    "japan|dtmf [ring|polarity|dtas|none [AC]]");
	line_set_callerid(l, way);
	return 0;
}

static int do_ring(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct party from;
	int err;

	if (l->kind != PORT_FXS)
		return needs(c, l, PORT_FXS, "only fxs lines ring the gateway");
	if (n == 1 && !strcmp(w[0], "off"))
		return ring_off(c, l);
	err = n ? parse_from(c, l, w, n, &from) : 0;
	if (err)
		return err;
	if (!l->connected)
		return command_fail(c, -ENOTCONN, "line %s: no gateway is connected",
				    l->name);
	client_forget(c, l);
	err = exchange_ring(l, n ? &from : NULL);
	if (err == -ENOTSUP)
		return command_fail(c, err, "caller ID of country %s cannot be sent",
				    l->pbx->country->code);
	return result(c, l, err);
}

static int do_off_hook(struct client *c, struct pbx_line *l, char **w, int n)
{
	if (l->kind == PORT_B)
		return command_span_result(c, l, span_say(l, SPAN_CONNECT));
	if (l->kind == PORT_FXS)
		return result(c, l, exchange_answer(l, false));
	if (l->state == LINE_IDLE)
		client_forget(c, l);
	return result(c, l, phone_hook(l, true));
}

static int do_on_hook(struct client *c, struct pbx_line *l, char **w, int n)
{
	if (l->kind == PORT_B)
		return command_span_release(c, l, w, n);
	if (n)
		return command_fail(c, -EINVAL, "only a B channel has a cause");
	if (l->kind == PORT_FXS)
		return result(c, l, exchange_release(l));
	return result(c, l, phone_hook(l, false));
}

static int do_flash(struct client *c, struct pbx_line *l, char **w, int n)
{
	int ms = n ? (int)command_number(w[0], 1, 5000) : 0;

	if (l->kind != PORT_FXO)
		return needs(c, l, PORT_FXO, "only fxo lines can flash");
	if (n && ms < 1)
		return command_fail(c, -EINVAL, "a flash takes 1 to 5000 ms");
	if (!l->off_hook)
		return result(c, l, -ENOTCONN);
	return result(c, l, l->driver->flash(l->port, ms));
}

static int do_polarity(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool reverse = !strcmp(w[0], "reverse");
	int err;

	if (l->kind != PORT_FXS)
		return needs(c, l, PORT_FXS, "only fxs lines give battery");
	if (!reverse && strcmp(w[0], "normal"))
		return command_fail(c, -EINVAL, "usage: polarity LINE reverse|normal");
	err = l->driver->polarity(l->port, reverse);
	if (!err)
		l->reversed = reverse;
	return result(c, l, err);
}

static int do_battery(struct client *c, struct pbx_line *l, char **w, int n)
{
	int ms = (int)command_number(w[1], 1, 600000);

	if (l->kind != PORT_FXS)
		return needs(c, l, PORT_FXS, "only fxs lines give battery");
	if (strcmp(w[0], "break") || ms < 1)
		return command_fail(c, -EINVAL, "usage: battery LINE break MS, 1 to 600000");
	return result(c, l, l->driver->battery(l->port, ms));
}

static int do_asks(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool off = !strcmp(w[0], "off");

	if (l->kind != PORT_FXO)
		return needs(c, l, PORT_FXO, "only fxo lines are telephones");
	if (!off && strcmp(w[0], "A") && strcmp(w[0], "D"))
		return command_fail(c, -EINVAL, "usage: asks LINE A|D|off");
	l->waiting.digit = off ? 0 : w[0][0];
	return 0;
}

static int do_monitor(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool on = !strcmp(w[0], "on");

	if (l->kind != PORT_FXO)
		return needs(c, l, PORT_FXO, "only fxo lines are telephones");
	if (!on && strcmp(w[0], "off"))
		return command_fail(c, -EINVAL, "usage: monitor LINE on|off");
	l->monitors = on;
	return 0;
}

static int do_lamp(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool on = !strcmp(w[0], "on");

	if (l->kind != PORT_FXS)
		return needs(c, l, PORT_FXS, "only fxs lines light a lamp");
	if (!on && strcmp(w[0], "off"))
		return command_fail(c, -EINVAL, "usage: lamp LINE on|off");
	return result(c, l, l->driver->set(l->port, PORT_MESSAGES, on));
}

static int progress(struct client *c, struct pbx_line *l, enum tone_id tone)
{
	if (l->kind == PORT_B && l->off_hook) {
		line_say_tone(l, tone);
		return 0;
	}
	if (l->kind != PORT_FXS)
		return needs(c, l, PORT_FXS, "only an exchange (fxs), or a B channel with a call, gives tones");
	return result(c, l, exchange_progress(l, tone));
}

static int do_dial_tone(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool on = n && !strcmp(w[0], "on");

	if (!n)
		return progress(c, l, TONE_DIAL);
	if (!on && strcmp(w[0], "off"))
		return command_fail(c, -EINVAL, "usage: dial-tone LINE [on|off]");
	l->dial_tone = on;
	return 0;
}

static int do_ringback(struct client *c, struct pbx_line *l, char **w, int n)
{
	return progress(c, l, TONE_RINGBACK);
}

static int do_busy(struct client *c, struct pbx_line *l, char **w, int n)
{
	return progress(c, l, TONE_BUSY);
}

static int do_congestion(struct client *c, struct pbx_line *l, char **w, int n)
{
	return progress(c, l, TONE_CONGESTION);
}

static int do_sit(struct client *c, struct pbx_line *l, char **w, int n)
{
	return progress(c, l, TONE_SIT);
}

static int answer_after(struct client *c, struct pbx_line *l, char **w, int n)
{
	double s = n == 2 ? command_number(w[1], 0, 3600) : -1;

	if (l->kind == PORT_FXS)
		return needs(c, l, PORT_FXO,
			     "what it answers by itself is its dial-plan's");
	if (n == 1 && !strcmp(w[0], "never")) {
		l->answer_ms = -1;
		return 0;
	}
	if (n != 2 || strcmp(w[0], "after") || s < 0)
		return command_fail(c, -EINVAL,
				    "usage: answer LINE after SECONDS | answer LINE never");
	l->answer_ms = (int)(s * 1000);
	return 0;
}

static int do_answer(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool reverse = n == 1 && !strcmp(w[0], "reverse");

	if (n && !reverse)
		return answer_after(c, l, w, n);
	if (l->kind == PORT_B)
		return reverse ? needs(c, l, PORT_FXS, "only an fxs line can reverse") :
		       do_off_hook(c, l, w, n);
	if (l->kind == PORT_FXO)
		return reverse ? needs(c, l, PORT_FXS, "only an fxs line can reverse") :
		       result(c, l, phone_hook(l, true));
	return result(c, l, exchange_answer(l, reverse));
}

static int do_release(struct client *c, struct pbx_line *l, char **w, int n)
{
	return do_on_hook(c, l, w, n);
}

static int do_forget(struct client *c, struct pbx_line *l, char **w, int n)
{
	client_forget(c, l);
	return 0;
}

/* Options of an action: [after S] [reverse] [play FILE]. */
static int plan_options(struct client *c, struct plan_entry *e, char **w, int n)
{
	for (int i = 0; i < n; i++) {
		if (!strcmp(w[i], "reverse")) {
			e->reverse = true;
		} else if (!strcmp(w[i], "after") && i + 1 < n) {
			e->after = command_number(w[++i], 0, 600);
			if (e->after < 0)
				return command_fail(c, -EINVAL, "after: seconds, 0 to 600");
		} else if (!strcmp(w[i], "play") && i + 1 < n) {
			snprintf(e->file, sizeof(e->file), "%s", w[++i]);
		} else {
			return command_fail(c, -EINVAL, "dial-plan: \"%s\" is not known; "
				"answer takes [after S] [reverse] [play FILE]", w[i]);
		}
	}
	return 0;
}

static int do_plan(struct client *c, struct pbx_line *l, char **w, int n)
{
	static const char *const actions[] = { "answer", "ring", "busy",
		"congestion", "sit", "silence" };
	struct plan_entry e = { .after = 2 };
	unsigned a = 0;
	int err;

	if (l->kind != PORT_FXS)
		return needs(c, l, PORT_FXS, "only fxs lines collect digits");
	if (n == 1 && !strcmp(w[0], "clear")) {
		l->plan.count = 0;
		return 0;
	}
	if (n < 3 || strcmp(w[1], "="))
		return command_fail(c, -EINVAL, "usage: dial-plan LINE DIGITS = ACTION");
	while (a < 6 && strcmp(w[2], actions[a]))
		a++;
	if (a == 6)
		return command_fail(c, -EINVAL, "\"%s\" is no action; there are answer, "
			"ring, busy, congestion, sit, silence", w[2]);
	snprintf(e.pattern, sizeof(e.pattern), "%s", w[0]);
	e.action = (enum plan_action)a;
	err = plan_options(c, &e, w + 3, n - 3);
	if (err)
		return err;
	err = plan_add(&l->plan, &e);
	if (err == -ENOSPC)
		return command_fail(c, err, "a dial-plan holds %d entries", PLAN_ENTRIES);
	return err ? command_fail(c, err, "\"%s\" is no pattern: digits, *, #, x for "
				  "any digit, a last '.' for any more", w[0]) : 0;
}

/* Longest names first in help; sorted by subject. */
const struct command command_table[] = {
	{ "ring", 1, 5, do_ring, "LINE [from NUMBER [name \"TEXT\"]]",
	  "ring the gateway, with caller ID; NUMBER may be private or unavailable;\n"
	  "ring LINE off stops" },
	{ "callerid", 2, 4, do_callerid, "LINE STANDARD [ALERT [CODES]]",
	  "how caller ID goes: bellcore, etsi, uk, japan or dtmf, announced by ring,\n"
	  "polarity, dtas or none; CODES of dtmf stand around the number, like DC" },
	{ "off-hook", 1, 1, do_off_hook, "LINE",
	  "seize, or answer what rings; on an fxs line: answer" },
	{ "on-hook", 1, 1, do_on_hook, "LINE",
	  "hang up; on an fxs line: release" },
	{ "dial", 2, 3, do_dial, "LINE DIGITS [pulse]",
	  "send digits once current flows, w waits 0.5 s; complete when they are sent" },
	{ "flash", 1, 2, do_flash, "LINE [MS]", "hookflash, 500 ms" },
	{ "answer", 1, 3, do_answer, "LINE [reverse | after SECONDS | never]",
	  "answer now, an fxs line with polarity reversal if told so;\n"
	  "fxo: answer by itself after so much ringing" },
	{ "release", 1, 2, do_release, "LINE [CAUSE]",
	  "end the call: an fxs line breaks the loop for 500 ms, then gives busy tone;\n"
	  "a B channel clears or refuses it with that cause of Q.850, 16 unless told" },
	{ "dial-plan", 2, 9, do_plan,
	  "LINE DIGITS = answer [after S] [reverse] [play FILE] |\n"
	  "       ring | busy | congestion | sit | silence",
	  "what an fxs line does with digits: x is any digit, a last . any more;\n"
	  "dial-plan LINE clear takes all back" },
	{ "dial-tone", 1, 2, do_dial_tone, "LINE [on|off]",
	  "give it now; on, off: when seized" },
	{ "ringback", 1, 1, do_ringback, "LINE", "give ringback" },
	{ "busy", 1, 1, do_busy, "LINE", "give busy tone" },
	{ "congestion", 1, 1, do_congestion, "LINE", "give congestion tone" },
	{ "sit", 1, 1, do_sit, "LINE", "give the special information tone" },
	{ "call", 2, 15, do_call, "LINE NUMBER [OPTION]...",
	  "call the gateway on a B channel: from NUMBER, private, name \"TEXT\",\n"
	  "redirecting NUMBER, exclusive (no other channel), data (64 kbit/s), audio\n"
	  "(3.1 kHz), overlap (info sends the rest; NUMBER - for no digit yet)" },
	{ "info", 2, 2, do_info, "LINE DIGITS", "more digits of the called number, in signalling" },
	{ "alert", 1, 1, do_alert, "LINE", "a call to a B channel: it rings here" },
	{ "progress", 1, 1, do_progress, "LINE", "likewise: tones come in the B channel" },
	{ "notify", 2, 2, do_notify, "LINE hold|retrieve", "tell the gateway it is held" },
	{ "service", 2, 2, do_service, "LINE in|out",
	  "SERVICE: take the B channel out of service, or in (ni2, 4ess, 5ess)" },
	{ "party", 2, 5, do_party, "LINE NUMBER [private] [name \"TEXT\"]",
	  "who answers there, told with the next answer; NUMBER - for none" },
	{ "park", 1, 1, do_park, "LINE", "put its call on hold (HOLD): the B channel is free then" },
	{ "retrieve", 1, 2, do_retrieve, "LINE [LINE2]",
	  "take back what LINE has on hold, on the B channel of LINE2" },
	{ "join", 2, 2, do_join, "LINE LINE2",
	  "ask the gateway to connect what LINE has on hold with LINE2 (ECT)" },
	{ "restart", 1, 1, do_restart, "LINE", "put the B channel back to idle" },
	{ "d-channel", 2, 2, do_d_channel, "SPAN up|down|deaf|hears",
	  "pull its plug, or put it back; deaf: what comes waits to be read" },
	{ "polarity", 2, 2, do_polarity, "LINE reverse|normal", "of the battery" },
	{ "battery", 3, 3, do_battery, "LINE break MS", "take the battery away for so long" },
	{ "asks", 2, 2, do_asks, "LINE A|D|off",
	  "fxo: answer CAS in a call by that digit, to read who waits; off until told" },
	{ "monitor", 2, 2, do_monitor, "LINE on|off",
	  "fxo: read data that come on hook without ringing: messages wait" },
	{ "lamp", 2, 2, do_lamp, "LINE on|off", "message waiting" },
	{ "play", 2, 2, do_play, "LINE FILE.wav", "say what is in the file (8 kHz, mono, 16 bits)" },
	{ "record", 2, 2, do_record, "LINE FILE.wav|off", "keep what is heard from the next sample on" },
	{ "speak", 2, 2, do_speak, "LINE \"TEXT\"", "say it with espeak-ng" },
	{ "tone", 3, 3, do_tone, "LINE HZ DBM0", "sound a tone" },
	{ "hold", 1, 2, do_hold, "LINE [off]", "put the gateway on hold: it hears soft beeps" },
	{ "stop", 1, 1, do_stop, "LINE", "stop what sounds" },
	{ "noise", 2, 2, do_noise, "LINE DBM0|off", "noise towards the gateway" },
	{ "model", 2, 16, do_model,
	  "LINE [erl DB|off] [path D.N] [delay MS] [attenuation DB] [noise DBM0|off] "
	  "[impedance N]",
	  "the wires: hybrid echo through a G.168 path (D.2 to D.9), loss, noise" },
	{ "wait-played", 1, 1, do_wait_played, "LINE", "until play or speak has ended" },
	{ "expect", 2, 6, do_expect, "LINE EVENT [within SECONDS]",
	  "wait for it, 10 s unless told; alternatives: busy|silence. EVENT is\n"
	  "ring off-hook on-hook seized flash break cas polarity [reverse|normal]\n"
	  "setup [NUMBER] redirecting [NUMBER] more-digits proceeding alerting inband\n"
	  "answered cleared [CAUSE] held [on|off] restarted link-up link-down\n"
	  "service [in|out] reached [NUMBER] reached-name [TEXT] parked retrieved refused [CAUSE]\n"
	  "digits D  caller NUMBER  name \"TEXT\"  lamp [on|off]  messages [on|off]\n"
	  "cadence MS/MS/MS  played  connected  lost\n"
	  "dial-tone ringback busy congestion sit howler tone HZ voice silence\n"
	  "Events count that came since the last one matched on this line; tones,\n"
	  "voice and silence are what is heard now" },
	{ "forget", 1, 1, do_forget, "LINE", "expect: only what comes from now on" },
	{ "sleep", 1, 1, do_sleep, "SECONDS", "wait" },
	{ "status", 0, 0, do_status, "", "what each line does" },
	{ "help", 0, 1, do_help, "[COMMAND]", "this" },
	{ "quit", 0, 0, do_quit, "", "hang up everything and end" },
	{ NULL },
};
