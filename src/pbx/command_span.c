/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* command_span.c - commands on spans and their B channels. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pbx/command.h"
#include "pbx/span.h"

static int on_span(struct client *c, const struct pbx_line *l)
{
	return l->kind == PORT_B ? 0 : command_fail(c, -ENOTSUP,
		"line %s is %s; only B channels of a span can do this", l->name,
		port_kind_name(l->kind));
}

int command_span_result(struct client *c, const struct pbx_line *l, int err)
{
	if (err == -ENOTCONN)
		return command_fail(c, err, "line %s has no call, or its D channel is down",
				    l->name);
	if (err == -EBUSY)
		return command_fail(c, err, "line %s has a call", l->name);
	return err ? command_fail(c, err, "line %s: %s", l->name, strerror(-err)) : 0;
}

static int say(struct client *c, struct pbx_line *l, enum span_message what)
{
	int err = on_span(c, l);

	return err ? err : command_span_result(c, l, span_say(l, what));
}

static bool set_number(char to[PARTY_NUMBER_SIZE], const char *number)
{
	if (strlen(number) > 30 || strspn(number, "0123456789*#") != strlen(number))
		return false;
	snprintf(to, PARTY_NUMBER_SIZE, "%s", number);
	return true;
}

/* The words behind NUMBER. */
static bool parse(struct span_setup *s, char **w, int n)
{
	for (int i = 0; i < n; i++) {
		bool more = i + 1 < n;

		if (!strcmp(w[i], "exclusive"))
			s->exclusive = true;
		else if (!strcmp(w[i], "data"))
			s->data = true;
		else if (!strcmp(w[i], "audio"))
			s->audio = true;
		else if (!strcmp(w[i], "overlap"))
			s->complete = false;
		else if (!strcmp(w[i], "private"))
			s->from.presentation = PRESENTATION_PRIVATE;
		else if (!strcmp(w[i], "name") && more)
			snprintf(s->from.name, sizeof(s->from.name), "%s", w[++i]);
		else if (!strcmp(w[i], "from") && more && set_number(s->from.number, w[i + 1]))
			i++;
		else if (!strcmp(w[i], "redirecting") && more &&
			 set_number(s->redirecting.number, w[i + 1]))
			i++;
		else
			return false;
	}
	return true;
}

int do_call(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct span_setup s = { .complete = true };
	int err = on_span(c, l);

	if (err)
		return err;
	if (!set_number(s.called, strcmp(w[0], "-") ? w[0] : "") ||
	    !parse(&s, w + 1, n - 1))
		return command_fail(c, -EINVAL, "usage: call LINE NUMBER [from NUMBER] "
			"[private] [name \"TEXT\"] [redirecting NUMBER] [exclusive] "
			"[data] [audio] [overlap]; NUMBER is digits, - for none yet");
	client_forget(c, l);
	return command_span_result(c, l, span_call(l, &s));
}

int do_party(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct span_setup s = { .complete = true };
	int err = on_span(c, l);

	if (err)
		return err;
	if (!set_number(s.from.number, strcmp(w[0], "-") ? w[0] : "") ||
	    !parse(&s, w + 1, n - 1))
		return command_fail(c, -EINVAL, "usage: party LINE NUMBER [private] "
			"[name \"TEXT\"]; NUMBER is digits, - for none");
	l->as = s.from;
	return 0;
}

int do_info(struct client *c, struct pbx_line *l, char **w, int n)
{
	int err = on_span(c, l);

	if (!err && strspn(w[0], "0123456789*#") != strlen(w[0]))
		err = command_fail(c, -EINVAL, "\"%s\" are no digits", w[0]);
	return err ? err : command_span_result(c, l, span_digits(l, w[0]));
}

int do_alert(struct client *c, struct pbx_line *l, char **w, int n)
{
	return say(c, l, SPAN_ALERTING);
}

int do_progress(struct client *c, struct pbx_line *l, char **w, int n)
{
	return say(c, l, SPAN_PROGRESS);
}

int do_restart(struct client *c, struct pbx_line *l, char **w, int n)
{
	return say(c, l, SPAN_RESTART);
}

int do_notify(struct client *c, struct pbx_line *l, char **w, int n)
{
	bool hold = !strcmp(w[0], "hold");

	if (!hold && strcmp(w[0], "retrieve"))
		return command_fail(c, -EINVAL, "usage: notify LINE hold|retrieve");
	return say(c, l, hold ? SPAN_HOLD : SPAN_RETRIEVE);
}

int do_park(struct client *c, struct pbx_line *l, char **w, int n)
{
	int err = on_span(c, l);

	return err ? err : command_span_result(c, l, span_park(l));
}

int do_service(struct client *c, struct pbx_line *l, char **w, int n)
{
	int err = on_span(c, l);

	if (!err && strcmp(w[0], "in") && strcmp(w[0], "out"))
		err = command_fail(c, -EINVAL, "usage: service LINE in|out");
	return err ? err : command_span_result(c, l, span_service(l, w[0][0] == 'i'));
}

/* The second line of a command, the first one without. */
static int second(struct client *c, struct pbx_line **l, char **w, int n)
{
	struct pbx_line *other = n ? pbx_line(c->pbx, w[0]) : *l;
	int err = on_span(c, *l);

	if (!err && !other)
		err = command_fail(c, -ENODEV, "there is no line %s", w[0]);
	if (!err)
		err = on_span(c, other);
	*l = other;
	return err;
}

int do_retrieve(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct pbx_line *to = l;
	int err = second(c, &to, w, n);

	return err ? err : command_span_result(c, l, span_retrieve(l, to));
}

int do_join(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct pbx_line *other = l;
	int err = second(c, &other, w, n);

	return err ? err : command_span_result(c, l, span_join(l, other));
}

int command_span_release(struct client *c, struct pbx_line *l, char **w, int n)
{
	int cause = n ? (int)command_number(w[0], 1, 127) : 16;

	if (cause < 1)
		return command_fail(c, -EINVAL, "a cause is 1 to 127 (ITU-T Q.850)");
	return command_span_result(c, l, span_clear(l, cause));
}

int do_d_channel(struct client *c, struct pbx_line *l, char **w, int n)
{
	struct pbx_span *s = pbx_span(c->pbx, w[0]);
	bool up = !strcmp(w[1], "up");

	if (!s)
		return command_fail(c, -ENODEV, "there is no span %s", w[0]);
	if (!strcmp(w[1], "deaf") || !strcmp(w[1], "hears")) {
		span_deaf(s, w[1][0] == 'd');
		return 0;
	}
	if (!up && strcmp(w[1], "down"))
		return command_fail(c, -EINVAL, "usage: d-channel SPAN up|down|deaf|hears");
	return span_plug(s, up, c->text, sizeof(c->text));
}
