/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "drivers/dahdi/port.h"

/* Does this process hold a node of that channel? The generic node
 * (/dev/dahdi/channel) does not show which channel it stands for: it counts as
 * a suspect. */
static bool holds(const char *pid, int channel)
{
	char dir[64], path[400], node[32];
	struct dirent *e;
	struct stat st, is;
	bool found = false;
	DIR *d;

	snprintf(node, sizeof(node), DAHDI_DEVICES "/%d", channel);
	if (stat(node, &st) < 0)
		memset(&st, 0, sizeof(st));
	snprintf(dir, sizeof(dir), "/proc/%.12s/fd", pid);
	d = opendir(dir);
	if (!d)
		return false;
	while (!found && (e = readdir(d))) {
		char link[128];
		ssize_t n;

		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		n = readlink(path, link, sizeof(link) - 1);
		if (n < 0)
			continue;
		link[n] = '\0';
		if (strncmp(link, DAHDI_DEVICES "/", sizeof(DAHDI_DEVICES)))
			continue;
		found = !strcmp(link, DAHDI_DEVICES "/channel") ||
			(stat(path, &is) == 0 && st.st_rdev &&
			 is.st_rdev == st.st_rdev);
	}
	closedir(d);
	return found;
}

/* "asterisk (process 812)", or words for somebody we may not see. */
static void holder(int channel, char *text, size_t size)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	snprintf(text, size, "another program");
	while (d && (e = readdir(d))) {
		char path[64], name[64] = "";
		FILE *f;

		if (e->d_name[0] < '1' || e->d_name[0] > '9' ||
		    atoi(e->d_name) == (int)getpid() || !holds(e->d_name, channel))
			continue;
		snprintf(path, sizeof(path), "/proc/%.12s/comm", e->d_name);
		f = fopen(path, "re");
		if (f) {
			if (fgets(name, sizeof(name), f))
				name[strcspn(name, "\n")] = '\0';
			fclose(f);
		}
		snprintf(text, size, "%s (process %.12s)",
			 name[0] ? name : "a program", e->d_name);
		break;
	}
	if (d)
		closedir(d);
}

void dahdi_why(int channel, int err, char *why, size_t size)
{
	char who[112];

	switch (err) {
	case -ENOENT: case -ENODEV:
		snprintf(why, size, "there is no DAHDI device (" DAHDI_DEVICES
			 "/channel); load the card's kernel module, then run dahdi_cfg");
		return;
	case -EACCES: case -EPERM:
		snprintf(why, size, "no permission for " DAHDI_DEVICES
			 "; add the user that runs this to the group dialout");
		return;
	case -EBUSY:
		holder(channel, who, sizeof(who));
		snprintf(why, size, "channel %d is held by %s; stop it, or take the "
			 "channel from its configuration", channel, who);
		return;
	case -ENXIO: case -EINVAL:
		snprintf(why, size, "there is no channel %d; `tipring lines --scan` "
			 "lists those there are", channel);
		return;
	}
	snprintf(why, size, "channel %d does not open: %s", channel, strerror(-err));
}
