/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/cause_map.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One line for each pair that RFC 3398 names, both directions, and for what it
 * leaves open. A zero leaves that direction to another line. */
static const struct pair {
	int status;		/* what arrives ... */
	enum cause means;	/* ... and the cause it stands for (8.2.6.1) */
	enum cause cause;	/* the cause ... */
	int becomes;		/* ... and the status it is told with (7.2.4.1) */
} pairs[] = {
	{ 400, CAUSE_TEMPORARY_FAILURE, CAUSE_UNALLOCATED, 404 },
	{ 401, CAUSE_REJECTED, CAUSE_NO_ROUTE_TRANSIT, 404 },
	{ 402, CAUSE_REJECTED, CAUSE_NO_ROUTE, 404 },
	{ 403, CAUSE_REJECTED, CAUSE_PREEMPTION, 480 },
	{ 404, CAUSE_UNALLOCATED, CAUSE_NORMAL, 480 },
	{ 405, CAUSE_SERVICE_UNAVAILABLE, CAUSE_BUSY, 486 },
	{ 406, CAUSE_SERVICE_NOT_IMPLEMENTED, CAUSE_NO_RESPONSE, 408 },
	{ 407, CAUSE_REJECTED, CAUSE_NO_ANSWER, 480 },
	{ 408, CAUSE_TIMER_EXPIRED, CAUSE_SUBSCRIBER_ABSENT, 480 },
	{ 410, CAUSE_NUMBER_CHANGED, CAUSE_REJECTED, 403 },
	{ 413, CAUSE_INTERWORKING, CAUSE_NUMBER_CHANGED, 410 },
	{ 414, CAUSE_INTERWORKING, CAUSE_DESTINATION_OUT_OF_ORDER, 502 },
	{ 415, CAUSE_SERVICE_NOT_IMPLEMENTED, CAUSE_INVALID_NUMBER, 484 },
	{ 416, CAUSE_INTERWORKING, CAUSE_FACILITY_REJECTED, 501 },
	{ 420, CAUSE_INTERWORKING, CAUSE_NORMAL_UNSPECIFIED, 480 },
	{ 421, CAUSE_INTERWORKING, CAUSE_NO_CIRCUIT, 503 },
	{ 423, CAUSE_INTERWORKING, CAUSE_NETWORK_OUT_OF_ORDER, 503 },
	{ 480, CAUSE_NO_RESPONSE, CAUSE_TEMPORARY_FAILURE, 503 },
	{ 481, CAUSE_TEMPORARY_FAILURE, CAUSE_CONGESTION, 503 },
	{ 482, CAUSE_EXCHANGE_ROUTING_ERROR, CAUSE_CHANNEL_UNAVAILABLE, 503 },
	{ 483, CAUSE_EXCHANGE_ROUTING_ERROR, CAUSE_RESOURCE_UNAVAILABLE, 503 },
	{ 484, CAUSE_INVALID_NUMBER, CAUSE_BEARER_NOT_AUTHORIZED, 403 },
	{ 485, CAUSE_UNALLOCATED, CAUSE_BEARER_UNAVAILABLE, 503 },
	{ 486, CAUSE_BUSY, CAUSE_BEARER_NOT_IMPLEMENTED, 488 },
	{ 487, CAUSE_NORMAL, CAUSE_INCOMPATIBLE_DESTINATION, 503 },
	{ 488, CAUSE_BEARER_NOT_IMPLEMENTED, CAUSE_TIMER_EXPIRED, 504 },
	{ 500, CAUSE_TEMPORARY_FAILURE, CAUSE_INTERWORKING, 500 },
	{ 501, CAUSE_SERVICE_NOT_IMPLEMENTED, CAUSE_SERVICE_NOT_IMPLEMENTED, 501 },
	{ 502, CAUSE_NETWORK_OUT_OF_ORDER, CAUSE_EXCHANGE_ROUTING_ERROR, 404 },
	{ 503, CAUSE_TEMPORARY_FAILURE, CAUSE_SERVICE_UNAVAILABLE, 503 },
	{ 504, CAUSE_TIMER_EXPIRED, CAUSE_REDIRECTION, 410 },
	{ 505, CAUSE_INTERWORKING, CAUSE_NON_SELECTED_USER, 404 },
	{ 513, CAUSE_INTERWORKING, CAUSE_INCOMING_BARRED, 403 },
	{ 580, CAUSE_RESOURCE_UNAVAILABLE, CAUSE_RESTRICTED_DIGITAL_ONLY, 488 },
	{ 600, CAUSE_BUSY, CAUSE_NOT_IN_CLOSED_GROUP, 403 },
	{ 603, CAUSE_REJECTED, CAUSE_PROTOCOL_ERROR, 500 },
	{ 604, CAUSE_UNALLOCATED, CAUSE_CHANNEL_UNACCEPTABLE, 503 },
	{ 606, CAUSE_INCOMPATIBLE_DESTINATION, 0, 0 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum cause cause_of_status(int status)
{
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (pairs[i].status == status)
			return pairs[i].means;
	/* RFC 3261 8.1.3.2: an unknown code is the class's x00. */
	if (status >= 400 && status < 700 && status % 100)
		return cause_of_status(status / 100 * 100);
	return CAUSE_INTERWORKING;
}

enum cause cause_of_warning(int status, int warning)
{
	if ((status != 488 && status != 606) || warning < 300 || warning > 399)
		return cause_of_status(status);
	/* Media type, media format: no bearer that both have. */
	return warning == 304 || warning == 305 ? CAUSE_BEARER_NOT_IMPLEMENTED :
						  CAUSE_NORMAL_UNSPECIFIED;
}

int status_of_cause(enum cause cause)
{
	for (size_t i = 0; i < COUNT(pairs); i++)
		if (pairs[i].becomes && pairs[i].cause == cause)
			return pairs[i].becomes;
	/* By Q.850's classes: resource unavailable, else a plain failure. */
	if (cause >= 32 && cause < 48)
		return 503;
	if (cause < 32)
		return 480;
	return 500;
}

static const struct {
	int status;
	const char *phrase;
} phrases[] = {
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 410, "Gone" },
	{ 415, "Unsupported Media Type" },
	{ 420, "Bad Extension" },
	{ 421, "Extension Required" },
	{ 422, "Session Interval Too Small" },
	{ 480, "Temporarily Unavailable" },
	{ 481, "Call/Transaction Does Not Exist" },
	{ 483, "Too Many Hops" },
	{ 484, "Address Incomplete" },
	{ 486, "Busy Here" },
	{ 487, "Request Terminated" },
	{ 488, "Not Acceptable Here" },
	{ 491, "Request Pending" },
	{ 500, "Server Internal Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Server Time-out" },
};

const char *status_phrase(int status)
{
	for (size_t i = 0; i < COUNT(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "";
}

int reason_write(char *buf, size_t size, enum cause cause, const char *text)
{
	char clean[96];
	size_t n = 0;

	/* A quoted string; what would need an escape is left out. */
	for (; *text && n < sizeof(clean) - 1; text++)
		if (isprint((unsigned char)*text) && !strchr("\"\\", *text))
			clean[n++] = *text;
	clean[n] = '\0';
	if (!n)
		snprintf(clean, sizeof(clean), "%s", cause_text(cause));
	return snprintf(buf, size, "Q.850;cause=%d;text=\"%s\"",
			cause ? (int)cause : CAUSE_NORMAL, clean);
}

enum cause reason_cause(const char *value)
{
	long n;
	char *end;

	value += strspn(value, " \t");
	if (strncasecmp(value, "Q.850", 5))
		return CAUSE_NONE;
	for (value += 5; (value = strchr(value, ';'));) {
		value += 1 + strspn(value + 1, " \t");
		if (strncasecmp(value, "cause", 5))
			continue;
		value += 5 + strspn(value + 5, " \t");
		if (*value++ != '=')
			continue;
		n = strtol(value, &end, 10);
		if (end != value && n > 0 && n < 128)
			return (enum cause)n;
	}
	return CAUSE_NONE;
}
