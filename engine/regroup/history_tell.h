/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What joining claims tells to their beneficiaries' histories.
 */
#ifndef REGROUP_HISTORY_TELL_H
#define REGROUP_HISTORY_TELL_H

#include "regroup/claims_private.h"
#include "regroup/history.h"

/* Has this line left itself to its beneficiary's history? */
static inline bool history_has_line(const struct line_record *line)
{
	return (line->flags & LINE_PAST) && line->person_id_size > 0;
}

/* ... or is it settled there, for what stands on its claim is? */
static inline bool history_takes_line(
        const struct line_record *line, const struct line_place *place)
{
	return history_has_line(line) || (place->left && line->person_id_size > 0);
}

/* Leave a claim's findings to the person of its lowest line, who has a history. */
struct claim_told {
	const struct claim_findings *findings;
	const struct provider_lines *providers; /* its lines of service */
	size_t provider_count;
};
int history_tell_findings(
        struct partition_writer *writer, uint64_t claim, const struct claim_told *told);

/* Leave a line's hits to the history that it stands in.  0 or FAIL_IO, told by the writer. */
int history_tell_line(struct partition_writer *writer, const struct line_record *line,
        const struct line_place *place);

/* Leave what became of a claim to all persons of its runs.  0 or FAIL_IO. */
int history_tell_claim(struct partition_writer *writer, const struct claim *claim,
        const struct history_verdict *verdict);

#endif
