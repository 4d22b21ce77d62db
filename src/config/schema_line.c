/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Keys of a line. */
#include "config/schema_row.h"

static const struct word kinds[] = {
	{ "fxs", PORT_FXS }, { "fxo", PORT_FXO }, { NULL, 0 }
};
static const struct word dial_methods[] = {
	{ "dtmf", DIAL_DTMF }, { "pulse", DIAL_PULSE }, { NULL, 0 }
};
static const struct word standards[] = {
	{ "bellcore", CALLERID_BELLCORE }, { "etsi", CALLERID_ETSI },
	{ "uk", CALLERID_UK }, { "japan", CALLERID_JAPAN }, { "dtmf", CALLERID_DTMF },
	{ NULL, 0 }
};
static const struct word alerts[] = {
	{ "ring", ALERT_RING }, { "polarity", ALERT_POLARITY },
	{ "dtas", ALERT_DTAS }, { "none", ALERT_NONE }, { NULL, 0 }
};
static const struct word mwis[] = {
	{ "stutter", MWI_STUTTER }, { "lamp", MWI_LAMP }, { "fsk", MWI_FSK }, { NULL, 0 }
};
static const struct word mwi_alerts[] = {
	{ "ring", ALERT_RING }, { "dtas", ALERT_DTAS }, { "none", ALERT_NONE },
	{ NULL, 0 }
};
static const struct word glares[] = {
	{ "incoming", GLARE_INCOMING }, { "outgoing", GLARE_OUTGOING }, { NULL, 0 }
};
static const struct word did_whens[] = {
	{ "answer", DID_ON_ANSWER }, { "wink", DID_ON_WINK }, { NULL, 0 }
};

static const struct word learns[] = {
	{ "show", LINE_LEARN_SHOW }, { "auto", LINE_LEARN_AUTO },
	{ "off", LINE_LEARN_OFF }, { NULL, 0 }
};

#define L struct config_line
static const struct key did_keys[] = {
	{ "digits", NUMBER(L, did_digits, 1, 16, NULL, "4"),
	  .what = "last digits of the called number that are sent" },
	{ "when", WORD(L, did_when, did_whens, "\"answer\""),
	  .what = "at once when the PBX closes the loop, or after its wink" },
};
const struct section did_section = { "did", "did", KEYS(did_keys), 0, NULL };

static const struct word cancellers[] = {
	{ "tipring", CANCELLER_OWN }, { "spandsp", CANCELLER_SPANDSP },
	{ "dahdi", CANCELLER_CARD }, { NULL, 0 }
};
static const struct key echo_keys[] = {
	{ "canceller", WORD(L, canceller, cancellers, "\"tipring\""),
	  .what = "who cancels it: tipring, the library spandsp, or the card or its kernel driver" },
	{ "ms", NUMBER(L, echo_ms, 8, 128, "ms", "64"),
	  .what = "longest echo that is cancelled" },
	{ "nlp", BOOL(L, nlp, "true"),
	  .what = "mute what is left while the far end speaks" },
};
const struct section echo_section = { "echo", "echo", KEYS(echo_keys), 0, NULL };

static const struct key line_keys[] = {
	{ "name", TEXT(L, name, check_name), .required = true,
	  .what = "what groups, routes and commands call this line" },
	{ "port", TEXT(L, port, check_port), .required = true,
	  .shape = "DRIVER/PORT, like \"sim/1\"",
	  .what = "the circuit" },
	{ "kind", WORD(L, kind, kinds, NULL), .absent = "as the card says",
	  .what = "fxs: a phone or a PBX trunk port is plugged in; fxo: a PBX extension or an exchange" },
	{ "number", TEXT(L, number, check_number), .absent = "none",
	  .what = "calls to it from a trunk come here; calls from here have it as caller" },
	{ "display_name", TEXT(L, display_name, check_line_of_text), .absent = "none",
	  .what = "caller's name sent to the trunk" },
	{ "trunk", TEXT(L, trunk, check_name), .absent = "by routes only",
	  .what = "where calls of this line go that no route takes" },
	{ "ring_to", TEXT(L, ring_to, check_number), .absent = "none",
	  .what = "fxo: number that is called when the line rings" },
	{ "two_stage", BOOL(L, two_stage, "false"),
	  .what = "fxo: when it rings, answer, give dial tone and take digits" },
	{ "pin", TEXT(L, pin, check_pin), .absent = "none",
	  .what = "fxo: digits that a two_stage caller dials before the number" },
	{ "dial", .set = set_dial, .standard = "\"called\"",
	  .shape = "\"called\", \"last:N\", \"none\" or digits",
	  .what = "fxo: what is dialled on the line for a call to it; w waits 0.5 s" },
	{ "dial_method", WORD(L, dial_method, dial_methods, "\"dtmf\""),
	  .what = "fxo: tones or loop breaks" },
	{ "pulse_rate", NUMBER(L, pulse_rate, 8, 12, "pulses a second", "10"),
	  .what = "fxo: how fast dial_method = \"pulse\" dials" },
	{ "pulse_break", NUMBER(L, pulse_break, 50, 75, "%", "60"),
	  .what = "fxo: how much of each pulse the loop is open" },
	{ "flash_time", NUMBER(L, flash_time_ms, 50, 1500, "ms", "500"),
	  .what = "fxo: how long a hookflash from SIP opens the loop; PBXs in Europe often want 100" },
	{ "answer", .set = set_answer, .standard = "\"supervised\"",
	  .shape = "\"supervised\", \"polarity\", \"delay:SECONDS\" or \"seize\"",
	  .what = "fxo: when a call to the line counts as answered" },
	{ "wait_dial_tone", BOOL(L, wait_dial_tone, "true"),
	  .what = "fxo: dial when dial tone is heard, else after timer dial_pause" },
	{ "callerid", BOOL(L, callerid, "true"),
	  .what = "expect caller ID (fxo), send it (fxs)" },
	{ "callerid_standard", WORD(L, way.standard, standards, NULL),
	  .absent = "the country's", .what = "how caller ID is sent on this line" },
	{ "callerid_alert", WORD(L, way.alert, alerts, NULL),
	  .absent = "as the standard goes",
	  .what = "what announces caller ID: it comes after the first ring; or before it, after a reversal, after the tones DT-AS, after nothing" },
	{ "glare", WORD(L, glare, glares, "\"incoming\""),
	  .what = "fxo: which call wins when it rings as we seize it" },
	{ "disconnect_tone", .set = set_tone, FIELD(L, disconnect_tone),
	  .shape = "a tone in quotes, like \"400/350,0/350\"", .absent = "none",
	  .what = "fxo: a tone besides the country's that means the far end has gone" },
	{ "disconnect_break", NUMBER(L, disconnect_break_ms, 20, 2000, "ms", NULL),
	  .absent = "as timer break says",
	  .what = "fxo: loop-current break that ends a call, where it can be timed" },
	{ "learn", WORD(L, learn, learns, "\"show\""),
	  .what = "fxo: how unknown ends of calls are kept: for tipring learned, or used as well" },
	{ "did", .set = set_section, .section = &did_section, .absent = "none",
	  .shape = "{ digits = N; when = \"answer\" or \"wink\"; }",
	  .what = "fxs: digits of the called number sent into the PBX" },
	{ "digit_map", TEXT(L, digit_map, check_map), .absent = "from the routes",
	  .what = "which numbers are complete, RFC 3435: [2-9]xxxxxx|911|011x.T" },
	{ "hotline", TEXT(L, hotline, check_number), .absent = "none",
	  .what = "fxs: number that is called at once on seizure" },
	{ "hotline_delay", NUMBER(L, hotline_ms, 0, 60000, "ms", "0"),
	  .what = "fxs: dial tone for so long first; what is dialled meanwhile goes there instead" },
	{ "polarity_answer", BOOL(L, polarity_answer, "false"),
	  .what = "fxs: reverse battery while the far end has answered" },
	{ "flash", BOOL(L, flash, "false"),
	  .what = "fxs: tell a hookflash from a hang-up, which is then seen later" },
	{ "flash_holds", BOOL(L, flash_holds, "true"),
	  .what = "fxs: a hookflash holds the call and gives dial tone for a second one, then changes between the two; else it is sent to the far end" },
	{ "transfer", BOOL(L, transfer, "true"),
	  .what = "fxs: hanging up in the second call connects the other two parties; else the held one rings back" },
	{ "transfer_code", .set = set_text, FIELD(L, transfer_code), .check = check_code,
	  .standard = "\"*98\"", .shape = "\"*\" and 1 to 6 digits in quotes, or \"\"",
	  .what = "fxs: dialled after a hookflash, then a number: the held call is handed on to that at once; \"\" none" },
	{ "call_waiting", BOOL(L, call_waiting, "false"),
	  .what = "fxs: announce a call that comes while the line talks, a hookflash takes it; else the line is busy" },
	{ "call_waiting_callerid", BOOL(L, call_waiting_callerid, "true"),
	  .what = "fxs: tell the telephone who waits, if it asks: Bellcore, ETSI and UK caller ID have that" },
	{ "mailbox", TEXT(L, mailbox, check_user), .absent = "the line's user, or number",
	  .what = "fxs: whose waiting messages, as the provider tells them, its dial tone and lamp show" },
	{ "mwi", .set = set_mwi, FIELD(L, mwi), .words = mwis, .least = 1, .most = 3,
	  .shape = "a list of \"stutter\", \"lamp\" and \"fsk\"",
	  .absent = "[ \"stutter\", \"lamp\" ]",
	  .what = "fxs: what shows waiting messages: dial tone, the card's lamp voltage, data sent to the telephone on hook" },
	{ "mwi_alert", WORD(L, mwi_alert, mwi_alerts, NULL),
	  .absent = "\"none\" with Bellcore caller ID, else \"dtas\"",
	  .what = "fxs: what goes before those data: a short ring, the tones DT-AS, nothing" },
	{ "user", TEXT(L, user, check_user), .absent = "the trunk's",
	  .what = "own account: user part of its SIP address" },
	{ "auth_user", TEXT(L, auth_user, check_line_of_text), .absent = "as user",
	  .what = "own account: name for authentication" },
	{ "secret_file", .set = set_path, FIELD(L, secret_file), .standard = "\"\"",
	  .absent = "the trunk's", .what = "own account: file with its password" },
	{ "allow_weak_secret", BOOL(L, allow_weak_secret, "false"),
	  .what = "take a password that is easily guessed" },
	{ "register", BOOL(L, registers, "false"), .what = "register the own account" },
	{ "rx_gain", .set = set_gain, FIELD(L, rx_gain), .least = -12, .most = 12,
	  .unit = "dB", .standard = "0.0", .what = "towards the trunk" },
	{ "tx_gain", .set = set_gain, FIELD(L, tx_gain), .least = -12, .most = 12,
	  .unit = "dB", .standard = "0.0", .what = "towards the line" },
	{ "card_rx_gain", .set = set_gain, FIELD(L, card_rx_gain), .least = -15,
	  .most = 12, .unit = "dB", .standard = "0.0",
	  .what = "fxo: the same inside the card, where it has that; for a line that is too weak or overdrives" },
	{ "card_tx_gain", .set = set_gain, FIELD(L, card_tx_gain), .least = -15,
	  .most = 12, .unit = "dB", .standard = "0.0",
	  .what = "fxo: the same inside the card, towards the line" },
	{ "card_impedance", NUMBER(L, card_impedance, 0, 15, NULL, NULL),
	  .absent = "as the card's driver was loaded",
	  .what = "fxo: the card's impedance, where it can be set, by the number that tipring measure tells" },
	{ "measure_digits", .set = set_text, FIELD(L, measure_digits),
	  .check = check_dialled, .standard = "\"5\"",
	  .what = "fxo: dialled by tipring measure to stop the dial tone; \"\" where nothing may be" },
	{ "echo", .set = set_echo, .section = &echo_section, .standard = "true",
	  .words = cancellers,
	  .shape = "true, false, \"spandsp\", \"dahdi\" or { canceller = ...; ms = N; nlp = true or false; }",
	  .what = "cancel the line's echo" },
	{ "dtmf_relay", BOOL(L, dtmf_relay, "true"),
	  .what = "take digits out of the speech and send them as the trunk's dtmf says" },
	{ "fraud", GROUP(fraud_section), FIELD(L, fraud), .shape = "a group in { }",
	  .absent = "the file's", .what = "calls from this line that are refused" },
	{ "busied_out", BOOL(L, busied_out, "false"),
	  .what = "out of service until an operator returns it" },
};
#undef L

/* Composite values are kept in fields of the line itself. */
static void prepare_line(void *base)
{
	struct config_line *line = base;

	line->dial_digits = "";
	line->card_impedance = -1;
	line->mwi = MWI_STUTTER | MWI_LAMP;
}

const struct section lines_section = {
	"lines", "line", KEYS(line_keys), sizeof(struct config_line), prepare_line,
};
