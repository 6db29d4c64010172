/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the worklist share.
 *
 *   worklist.c         hits as they come -> candidates, and the lists written
 *   worklist_frames.c  what is flagged of leads -> frames
 *   worklist_lines.c   frames that no hits are kept of: their lines read again
 */
#ifndef REPORT_WORKLIST_PRIVATE_H
#define REPORT_WORKLIST_PRIVATE_H

#include "report/spill.h"
#include "report/worklist.h"

struct dear {
	int64_t dollars;
	uint64_t hash;
};

/* What has been seen of a provider and rule, or of a frame. */
struct seen {
	uint64_t key; /* 0: none */
	uint64_t count;
	struct dear top[WORKLIST_DEAREST]; /* most dollars first, then the smaller hash */
};

struct keeper {
	struct seen *seen;
	struct spill *spill;
};

struct worklist {
	struct worklist_options options;
	uint64_t sure;
	bool wanted[RULES_ALL];
	struct keeper *keepers;
};

enum frame_units {
	UNITS_NONE, /* counters are kept only: nothing is drawn */
	UNITS_HITS, /* findings, as they came */
	UNITS_LINES /* lines, read again */
};

enum { FRAME_BYTES = 5 }; /* of a frame's number, or of a provider and rule */

/* Lines of any tally: all that have a code. */
enum { MEASURE_CODED = TALLY_MEASURES };

struct frame {
	uint32_t provider;
	uint8_t rule;
	uint8_t units;       /* enum frame_units */
	uint8_t counted_by;  /* of lines: enum tally_measure, or MEASURE_CODED */
	const char *measure; /* "" for none */
	const char *words;   /* what its units are */
	uint64_t part;       /* of the tally (history/standing.h) */
	uint64_t size, wanted;
};

/* A candidate without its frame, in a row or a copy of one. */
struct candidate {
	const uint8_t *at;
	size_t size;
};

struct writer {
	struct worklist *worklist;
	const struct worklist_source *source;
	struct frame *frames;
	size_t frame_count, frame_room;
	uint32_t *first; /* by provider: its first frame + 1; 0: none */
	struct spill *sorted;
	struct out *out;

	/* The frame at hand. */
	size_t frame;
	uint64_t order;
	struct candidate top[WORKLIST_DEAREST]; /* copies */
	size_t top_count;
};

/* Frames of all leads, in the order of the table.  Returns 0 or FAIL_MEMORY. */
int worklist_find_frames(struct writer *writer);

/*
 * Read the lines of frames that have them: candidates to writer->sorted, and the
 * frames' sizes.  A frame without a line is one of counters only.
 */
int worklist_read_lines(struct writer *writer, struct diag *diag);

/* Is a unit to be kept?  keyed: its hash under the seed. */
bool worklist_keeps(
        const struct worklist *worklist, struct seen *seen, int64_t dollars, uint64_t keyed);
void seen_init(struct seen *seen, uint64_t key);

/*
 * Keep a candidate: behind what it is found by (see worklist.c), which is prefix.
 * Returns 0 or the spill's failure.
 */
struct candidate_prefix {
	uint64_t value;
	unsigned bytes;
};
int worklist_keep(struct spill *spill, struct candidate_prefix prefix,
        const struct finding *finding, uint64_t keyed);

#endif
