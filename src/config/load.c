/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/loader.h"
#include "config/value.h"

#define FILE_MOST (4 << 20)

const char *keep_text(struct loader *l, const char *text)
{
	const char *copy = *text ? pool_copy(l->pool, text, strlen(text)) : "";

	if (copy)
		return copy;
	l->no_memory = true;
	return "";
}

void *keep_array(struct loader *l, size_t count, size_t size)
{
	void *array;

	if (!count)
		return NULL;
	array = pool_array(l->pool, count, size);
	if (!array)
		l->no_memory = true;
	return array;
}

/* ---------------------------------------------------------- by the schema */

static const char *key_name(const void *list, size_t i)
{
	return ((const struct key *)list)[i].name;
}

static const struct key *find_key(const struct section *section, const char *name)
{
	for (size_t i = 0; i < section->key_count; i++)
		if (!strcmp(section->keys[i].name, name))
			return &section->keys[i];
	return NULL;
}

static void refuse_unknown(struct loader *l, const struct section *section,
			   const config_setting_t *group)
{
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, i);
		const char *name = config_setting_name(s), *why;

		if (find_key(section, name))
			continue;
		why = key_unbuilt(section, name);
		if (why)
			report_at(l, s, "%s", why);
		else
			unknown_name(l, s, section == sections[0] ? "the file" : section->name,
				     key_name, section->keys, section->key_count);
	}
}

static void set_default(struct loader *l, const struct section *section,
			const struct key *key, void *field)
{
	const config_setting_t *of = config_lookup(&l->defaults, section->name);

	if (!key->standard)
		return;
	key->set(l, key, config_setting_get_member(of, key->name), field);
}

static void report_missing(struct loader *l, const struct section *section,
			   const struct key *key, const config_setting_t *group)
{
	char shape[256];

	report_at(l, group, "this %s has no %s; add %s, %s", section->one, key->name,
		  key->name, key_shape(key, shape, sizeof(shape)));
}

void section_load(struct loader *l, const struct section *section,
		  const config_setting_t *group, void *base)
{
	bool faulty;

	if (section->prepare)
		section->prepare(base);
	if (group && group->config == &l->raw)
		refuse_unknown(l, section, group);
	/* What seems to be missing may be what is misspelt. */
	faulty = group && setting_faulty(group);
	for (size_t i = 0; i < section->key_count; i++) {
		const struct key *key = &section->keys[i];
		const config_setting_t *s = group ?
			config_setting_get_member(group, key->name) : NULL;

		/* First of all the default: no field of a faulty value is wild. */
		set_default(l, section, key, (char *)base + key->offset);
		if (s)
			key->set(l, key, s, (char *)base + key->offset);
		else if (key->required && group && !faulty)
			report_missing(l, section, key, group);
	}
}

/* ---------------------------------------------------------- the defaults */

/* All defaults as a configuration, so that they are what they would be if
 * somebody wrote them. */
static bool read_defaults(struct loader *l)
{
	size_t size = 0;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);
	bool ok;

	if (!f)
		return false;
	for (size_t i = 0; i < section_count; i++) {
		const struct section *section = sections[i];

		fprintf(f, "%s = {\n", section->name);
		for (size_t k = 0; k < section->key_count; k++)
			if (section->keys[k].standard)
				fprintf(f, "%s = %s;\n", section->keys[k].name,
					section->keys[k].standard);
		fprintf(f, "};\n");
	}
	ok = !ferror(f);
	ok = !fclose(f) && ok && config_read_string(&l->defaults, text);
	free(text);
	return ok;
}

static void finish_trunk(const struct config *conf, struct config_trunk *t)
{
	bool mulaw = conf->country.law == AUDIO_MULAW;

	if (!*t->public_address)
		t->public_address = conf->sip.public_address;
	if (!*t->domain)
		t->domain = t->server;
	if (!*t->auth_user)
		t->auth_user = t->user;
	if (!t->codec_count) {
		t->codecs[0] = mulaw ? CODEC_PCMU : CODEC_PCMA;
		t->codecs[1] = mulaw ? CODEC_PCMA : CODEC_PCMU;
		t->codec_count = 2;
	}
}

/* Calls are taken from trunks only: without one nothing listens. */
/* By standards alone: GR-30, EN 300 659-1 (during ringing), SIN 227, NTT. */
static enum callerid_alert usual_alert(enum callerid_standard standard)
{
	switch (standard) {
	case CALLERID_UK:
	case CALLERID_JAPAN:
		return ALERT_POLARITY;
	case CALLERID_DTMF:
		return ALERT_NONE;
	default:
		return ALERT_RING;
	}
}

static void finish_line(const struct config *conf, struct config_line *line)
{
	struct callerid_way *way = &line->way;

	if (!*line->auth_user)
		line->auth_user = line->user;
	if (way->standard == CALLERID_NONE)
		way->standard = conf->country.callerid;
	if (way->alert == ALERT_STANDARD)
		way->alert = usual_alert(way->standard);
	if (line->mwi_alert == ALERT_STANDARD)
		line->mwi_alert = way->standard == CALLERID_BELLCORE ? ALERT_NONE :
				  ALERT_DTAS;
	way->start = conf->country.callerid_start;
	way->stop = conf->country.callerid_stop;
}

/* North American switches are T1; the others are where the country's law says so,
 * too. */
static void finish_span(const struct config *conf, struct config_span *span)
{
	bool european = span->type == SWITCH_EUROISDN || span->type == SWITCH_QSIG;

	span->t1 = !european || conf->country.law == AUDIO_MULAW;
	if (span->select == SELECT_BY_ROLE)
		span->select = span->role == SPAN_NETWORK ? SELECT_ASCENDING :
				SELECT_DESCENDING;
	if (span->channel == CHANNEL_BY_ROLE)
		span->channel = span->role == SPAN_NETWORK ? CHANNEL_EXCLUSIVE :
				CHANNEL_PREFERRED;
	span->trunk.over_limit = conf->over_limit;
	span->trunk.retry_after = conf->retry_after;
}

static void finish_listen(struct loader *l)
{
	static const char *const texts[] = {
		[TRANSPORT_UDP] = "udp:0.0.0.0:5060",
		[TRANSPORT_TCP] = "tcp:0.0.0.0:5060",
	};
	struct config *conf = l->conf;
	bool uses[TRANSPORT_TLS + 1] = { false };

	for (size_t i = 0; i < conf->trunk_count; i++)
		uses[conf->trunks[i].transport] = true;
	if (conf->sip.listen || !conf->trunk_count)
		return;
	conf->sip.listen = keep_array(l, 2, sizeof(*conf->sip.listen));
	if (!conf->sip.listen)
		return;
	/* TLS connections are made by us: nobody listens for them unasked. */
	for (int i = 0; i < TRANSPORT_TLS; i++) {
		struct config_listen *listen = &conf->sip.listen[conf->sip.listen_count];
		struct sockaddr_in *to = (struct sockaddr_in *)&listen->address;

		if (!uses[i])
			continue;
		conf->sip.listen_count++;
		listen->transport = i;
		listen->text = texts[i];
		to->sin_family = AF_INET;
		to->sin_port = htons(5060);
	}
}

/* What a trunk does not say about TLS the file says for all. */
static void finish_tls(struct loader *l)
{
	struct config *conf = l->conf;

	for (size_t i = 0; i < conf->trunk_count; i++) {
		struct config_tls *t = &conf->trunks[i].tls;

		if (!*t->ca_file)
			t->ca_file = conf->tls.ca_file;
		if (*t->certificate_file)
			continue;
		t->certificate_file = conf->tls.certificate_file;
		t->key_file = conf->tls.key_file;
	}
}

static void finish_emergency(struct loader *l)
{
	struct config *conf = l->conf;
	size_t count = 0;

	if (conf->emergency.numbers)
		return;
	while (count < sizeof(conf->country.emergency) / sizeof(*conf->country.emergency) &&
	       conf->country.emergency[count][0])
		count++;
	conf->emergency.numbers = keep_array(l, count, sizeof(char *));
	if (!conf->emergency.numbers)
		return;
	for (size_t i = 0; i < count; i++)
		conf->emergency.numbers[i] = conf->country.emergency[i];
	conf->emergency.number_count = count;
}

void defaults_finish(struct loader *l)
{
	struct config *conf = l->conf;

	for (size_t i = 0; i < conf->trunk_count; i++)
		finish_trunk(conf, &conf->trunks[i]);
	for (size_t i = 0; i < conf->line_count; i++)
		finish_line(conf, &conf->lines[i]);
	for (size_t i = 0; i < conf->span_count; i++)
		finish_span(conf, &conf->spans[i]);
	finish_listen(l);
	finish_tls(l);
	finish_emergency(l);
}

/* --------------------------------------------------------------- the file */

/* The file's text with a newline behind it (a comment in the last line needs
 * it) and a zero. NULL and an error otherwise. */
static char *read_file(struct loader *l, size_t *length)
{
	struct stat st;
	FILE *f = file_open(l->file, &st);
	char *text = NULL;

	if (!f) {
		report_line(l, 0, "cannot be read: %s", strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		report_line(l, 0, "is no file; name a configuration file");
	} else if (st.st_size > FILE_MOST) {
		report_line(l, 0, "is larger than %d MB; this is no configuration",
			    FILE_MOST >> 20);
	} else if (!(text = pool_array(l->scratch, st.st_size + 2, 1))) {
		l->no_memory = true;
	} else {
		*length = fread(text, 1, st.st_size, f);
		if (ferror(f)) {
			report_line(l, 0, "cannot be read: %s", strerror(errno));
			text = NULL;
		} else {
			text[(*length)++] = '\n';
		}
	}
	if (f)
		fclose(f);
	return text;
}

/* Gives each setting the literal it was made from; the order is the file's. */
static void tie(config_setting_t *s, const struct syntax *syntax, size_t *next)
{
	if (!config_setting_is_root(s)) {
		if (*next >= syntax->count)
			return;
		config_setting_set_hook(s, syntax->values[(*next)++]);
	}
	if (!config_setting_is_aggregate(s))
		return;
	for (int i = 0; i < config_setting_length(s); i++)
		tie(config_setting_get_elem(s, i), syntax, next);
}

static bool parse(struct loader *l)
{
	struct syntax syntax;
	size_t length, next = 0;
	char *text = read_file(l, &length);
	int error;

	if (!text)
		return false;
	if (!strncmp(text, "\xef\xbb\xbf", 3)) {	/* an editor's byte order mark */
		text += 3;
		length -= 3;
	}
	error = syntax_scan(&syntax, l->scratch, text, length);
	if (error == -ENOMEM)
		l->no_memory = true;
	else if (error)
		report_line(l, syntax.error_line, "%s", syntax.error);
	else if (!config_read_string(&l->raw, text))
		report_line(l, config_error_line(&l->raw), "%s", config_error_text(&l->raw));
	else
		tie(config_root_setting(&l->raw), &syntax, &next);
	/* Both have read the same text, so they have found the same values. */
	if (!error && !l->error_count && next != syntax.count)
		report_line(l, 0, "%zu of %zu values found again; please report this",
			    next, syntax.count);
	return !l->no_memory && !l->error_count;
}

/* Where each thing stands, for later messages. */
static void place(struct loader *l, const char *list, void *objects, size_t count,
		  size_t size)
{
	const config_setting_t *s = config_lookup(&l->raw, list);

	/* struct config_place comes first in each of them. */
	for (size_t i = 0; i < count; i++) {
		struct config_place *to = (void *)((char *)objects + i * size);

		to->file = l->conf->file;
		to->line = setting_line(config_setting_get_elem(s, i));
	}
}

static void build(struct loader *l)
{
	struct config *conf = l->conf;

	conf->file = keep_text(l, l->file);
	section_load(l, sections[0], config_root_setting(&l->raw), conf);
	place(l, "trunks", conf->trunks, conf->trunk_count, sizeof(*conf->trunks));
	place(l, "spans", conf->spans, conf->span_count, sizeof(*conf->spans));
	place(l, "lines", conf->lines, conf->line_count, sizeof(*conf->lines));
	place(l, "groups", conf->groups, conf->group_count, sizeof(*conf->groups));
	place(l, "trunk_groups", conf->trunk_groups, conf->trunk_group_count,
	      sizeof(*conf->trunk_groups));
	place(l, "routes", conf->routes, conf->route_count, sizeof(*conf->routes));
	if (l->no_memory)
		return;
	defaults_finish(l);
	check_all(l);
}

struct config *config_load(const char *file, config_error_fn *error, void *arg)
{
	const char *slash = strrchr(file, '/');
	struct loader l = {
		.file = file,
		.directory = slash ? slash + 1 - file : 0,
		.pool = pool_new(),
		.scratch = pool_new(),
	};
	char text[512];

	config_init(&l.raw);
	config_init(&l.defaults);
	if (l.pool && l.scratch)
		l.conf = pool_array(l.pool, 1, sizeof(*l.conf));
	if (!l.conf || !read_defaults(&l))
		l.no_memory = true;
	else if (parse(&l))
		build(&l);
	if (l.no_memory) {
		snprintf(text, sizeof(text), "%s: out of memory", file);
		error(arg, text);
	} else {
		report_tell(&l, error, arg);
	}
	if (l.no_memory || l.error_count) {
		pool_free(l.pool);
		l.conf = NULL;
	} else {
		l.conf->pool = l.pool;
	}
	config_destroy(&l.raw);
	config_destroy(&l.defaults);
	pool_free(l.scratch);
	return l.conf;
}

void config_free(struct config *conf)
{
	if (conf)
		pool_free(conf->pool);
}
