/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Messages that wait: NOTIFY of the event message-summary (RFC 3842), as most
 * providers send it without being asked, and others to who has subscribed. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/subscription.h"

/* The value of a line of the summary, without its end; NULL: there is none. */
static const char *value(const char *text, const char *name, size_t *length)
{
	size_t n = strlen(name);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		if (strncasecmp(text, name, n) || text[n] != ':')
			continue;
		text += n + 1;
		text += strspn(text, " \t");
		*length = strcspn(text, " \t\r\n");
		return text;
	}
	return NULL;
}

/* "sip:600@example.net" -> "600". */
static void user_of(char *user, size_t size, const char *uri, size_t length)
{
	const char *colon = memchr(uri, ':', length);
	const char *from = colon ? colon + 1 : uri;
	size_t n = (size_t)(uri + length - from);
	const char *at = memchr(from, '@', n);

	n = at ? (size_t)(at - from) : n;
	snprintf(user, size, "%.*s", n < size ? (int)n : 0, from);
}

/* "Voice-Message: 2/8 (0/2)": new and old ones. */
static void count(struct messages *m, const char *text)
{
	size_t length;
	const char *at = value(text, "Voice-Message", &length);
	unsigned fresh, old;

	if (at && sscanf(at, "%9u/%9u", &fresh, &old) == 2) {
		m->fresh = fresh;
		m->old = old;
	}
}

int mwi_take(struct provider *p, const sip_t *sip, const char *mailbox)
{
	char text[1024], user[PARTY_NUMBER_SIZE] = "";
	const char *type = sip->sip_content_type ? sip->sip_content_type->c_type : "";
	size_t length = sip->sip_payload ? sip->sip_payload->pl_len : 0;
	struct messages m = { .waiting = false };
	const char *waiting, *account;

	if (strcasecmp(type, "application/simple-message-summary"))
		return 415;
	if (!length || length >= sizeof(text) ||
	    memchr(sip->sip_payload->pl_data, '\0', length))
		return 400;
	memcpy(text, sip->sip_payload->pl_data, length);
	text[length] = '\0';
	waiting = value(text, "Messages-Waiting", &length);
	m.waiting = waiting && length == 3 && !strncasecmp(waiting, "yes", 3);
	if (!m.waiting && (!waiting || length != 2 || strncasecmp(waiting, "no", 2)))
		return 400;
	count(&m, text);
	account = value(text, "Message-Account", &length);
	if (mailbox)
		snprintf(user, sizeof(user), "%s", mailbox);
	else if (account)
		user_of(user, sizeof(user), account, length);
	else if (sip->sip_request->rq_url->url_user)
		snprintf(user, sizeof(user), "%s", sip->sip_request->rq_url->url_user);
	if (box_messages(p->agent->box, p->trunk.name, user, &m))
		return 200;
	log_info("trunk %s: messages of \"%s\" told, which is no line's mailbox",
		 p->trunk.name, user);
	return 404;
}

void mwi_notified(struct provider *p, const struct happening *h)
{
	const char *event = h->sip->sip_event ? h->sip->sip_event->o_type : "";
	int status = strcasecmp(event, "message-summary") ? 489 :
		     mwi_take(p, h->sip, NULL);

	request_answer(p->agent, h, status, status_phrase(status));
}
