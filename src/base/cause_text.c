/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "tipring/cause.h"

#include <stddef.h>

static const struct {
	enum cause cause;
	const char *text;
} texts[] = {
	{ CAUSE_NONE, "none" },
	{ CAUSE_UNALLOCATED, "unallocated number" },
	{ CAUSE_NO_ROUTE_TRANSIT, "no route to transit network" },
	{ CAUSE_NO_ROUTE, "no route to destination" },
	{ CAUSE_PREEMPTION, "preemption" },
	{ CAUSE_NORMAL, "normal call clearing" },
	{ CAUSE_BUSY, "user busy" },
	{ CAUSE_NO_RESPONSE, "no user responding" },
	{ CAUSE_NO_ANSWER, "no answer from user" },
	{ CAUSE_SUBSCRIBER_ABSENT, "subscriber absent" },
	{ CAUSE_REJECTED, "call rejected" },
	{ CAUSE_NUMBER_CHANGED, "number changed" },
	{ CAUSE_DESTINATION_OUT_OF_ORDER, "destination out of order" },
	{ CAUSE_INVALID_NUMBER, "invalid number format" },
	{ CAUSE_FACILITY_REJECTED, "facility rejected" },
	{ CAUSE_NORMAL_UNSPECIFIED, "normal, unspecified" },
	{ CAUSE_NO_CIRCUIT, "no circuit available" },
	{ CAUSE_NETWORK_OUT_OF_ORDER, "network out of order" },
	{ CAUSE_TEMPORARY_FAILURE, "temporary failure" },
	{ CAUSE_CONGESTION, "switching equipment congestion" },
	{ CAUSE_CHANNEL_UNAVAILABLE, "requested circuit not available" },
	{ CAUSE_RESOURCE_UNAVAILABLE, "resource unavailable" },
	{ CAUSE_BEARER_NOT_AUTHORIZED, "bearer capability not authorized" },
	{ CAUSE_BEARER_UNAVAILABLE, "bearer capability not available" },
	{ CAUSE_BEARER_NOT_IMPLEMENTED, "bearer capability not implemented" },
	{ CAUSE_INCOMPATIBLE_DESTINATION, "incompatible destination" },
	{ CAUSE_TIMER_EXPIRED, "recovery on timer expiry" },
	{ CAUSE_INTERWORKING, "interworking, unspecified" },
};

const char *cause_text(int cause)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if ((int)texts[i].cause == cause)
			return texts[i].text;
	return "unknown cause";
}
