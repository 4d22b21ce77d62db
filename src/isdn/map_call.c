/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "isdn/map.h"

bool bearer_read(enum bearer *b, int capability, int layer1, enum cause *why)
{
	switch (capability) {
	case PRI_TRANS_CAP_SPEECH:
		*b = BEARER_SPEECH;
		break;
	case PRI_TRANS_CAP_3_1K_AUDIO:
		*b = BEARER_AUDIO;
		break;
	case PRI_TRANS_CAP_DIGITAL:
		*b = BEARER_DATA;
		break;
	default:
		/* Restricted (56 kbit/s), with tones, video. */
		*why = CAUSE_BEARER_NOT_IMPLEMENTED;
		return false;
	}
	switch (layer1) {
	case PRI_LAYER_1_ULAW:
	case PRI_LAYER_1_ALAW:
		return true;
	case PRI_LAYER_1_ITU_RATE_ADAPT:
	case PRI_LAYER_1_G721:
	case PRI_LAYER_1_G722_G725:
	case PRI_LAYER_1_H223_H245:
	case PRI_LAYER_1_NON_ITU_ADAPT:
	case PRI_LAYER_1_V120_RATE_ADAPT:
	case PRI_LAYER_1_X31_RATE_ADAPT:
		/* The slot would carry something else than its octets say. */
		if (*b == BEARER_DATA)
			return true;
		*why = CAUSE_BEARER_NOT_IMPLEMENTED;
		return false;
	default:
		return true;
	}
}

void bearer_write(int *capability, int *layer1, enum bearer b,
		  enum audio_format law)
{
	static const int capabilities[] = {
		[BEARER_SPEECH] = PRI_TRANS_CAP_SPEECH,
		[BEARER_AUDIO] = PRI_TRANS_CAP_3_1K_AUDIO,
		[BEARER_DATA] = PRI_TRANS_CAP_DIGITAL,
	};

	*capability = capabilities[b];
	*layer1 = law == AUDIO_MULAW ? PRI_LAYER_1_ULAW : PRI_LAYER_1_ALAW;
}

enum cause cause_read(int cause)
{
	return cause > 0 && cause < 128 ? (enum cause)cause :
					  CAUSE_NORMAL_UNSPECIFIED;
}

int cause_write(enum cause cause)
{
	/* Without a DISCONNECT libpri forgets a call that came and tells nothing:
	 * it would clear for ever. */
	switch ((int)cause) {
	case PRI_CAUSE_CHANNEL_UNACCEPTABLE:
		return PRI_CAUSE_REQUESTED_CHAN_UNAVAIL;
	case PRI_CAUSE_CALL_AWARDED_DELIVERED:
	case PRI_CAUSE_NONSELECTED_USER_CLEARING:
		return PRI_CAUSE_NORMAL_UNSPECIFIED;
	case PRI_CAUSE_INVALID_CALL_REFERENCE:
		return PRI_CAUSE_PROTOCOL_ERROR;
	}
	return cause > CAUSE_NONE && (int)cause < 128 ? (int)cause :
							(int)CAUSE_NORMAL;
}

bool progress_has_sound(int mask)
{
	return mask & (PRI_PROG_INBAND_AVAILABLE | PRI_PROG_CALL_NOT_E2E_ISDN);
}

static const struct {
	int wire;
	enum diversion_reason reason;
} redirections[] = {
	{ PRI_REDIR_UNKNOWN, DIVERSION_UNKNOWN },
	{ PRI_REDIR_FORWARD_ON_BUSY, DIVERSION_BUSY },
	{ PRI_REDIR_FORWARD_ON_NO_REPLY, DIVERSION_NO_ANSWER },
	{ PRI_REDIR_DEFLECTION, DIVERSION_DEFLECTION },
	{ PRI_REDIR_DTE_OUT_OF_ORDER, DIVERSION_UNAVAILABLE },
	{ PRI_REDIR_UNCONDITIONAL, DIVERSION_UNCONDITIONAL },
	{ PRI_REDIR_FORWARDED_BY_DTE, DIVERSION_DEFLECTION },
};

enum diversion_reason redirection_read(int reason)
{
	for (size_t i = 0; i < sizeof(redirections) / sizeof(*redirections); i++)
		if (redirections[i].wire == reason)
			return redirections[i].reason;
	return DIVERSION_UNKNOWN;
}

int redirection_write(enum diversion_reason reason)
{
	for (size_t i = 0; i < sizeof(redirections) / sizeof(*redirections); i++)
		if (redirections[i].reason == reason)
			return redirections[i].wire;
	return PRI_REDIR_UNKNOWN;
}
