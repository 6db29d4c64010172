/* SPDX-License-Identifier: Apache-2.0 */
/* A build without SQLite: the kind is known, and refused. */
#ifndef HAVE_SQLITE

#include "report/kinds.h"

const struct report_kind report_kind_sqlite = {
        .name = "sqlite",
        .file = "run.db",
        .absent = "this build is without SQLite (libsqlite3-dev)",
};

#endif
