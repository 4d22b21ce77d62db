/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "drivers/table.h"

#include <string.h>

#include "drivers/dahdi/dahdi.h"
#include "drivers/sim/sim.h"

/* One line a driver. */
const struct line_driver *const line_drivers[] = {
	&dahdi_driver,
	&sim_driver,
	NULL,
};

const struct line_driver *line_driver_find(const char *port, const char **address)
{
	const char *slash = strchr(port, '/');

	if (!slash)
		return NULL;
	for (const struct line_driver *const *d = line_drivers; *d; d++) {
		size_t len = strlen((*d)->name);

		if (len != (size_t)(slash - port) || strncmp((*d)->name, port, len))
			continue;
		if (address)
			*address = slash + 1;
		return *d;
	}
	return NULL;
}
