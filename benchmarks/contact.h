/* Contact loss of one account: what its two C programs share.
 *
 * Phases 1 (people), 2 (decay), 3 (hours, contact, new ties) and 8 (results) of simulation/phases, by the rules
 * of simulation/rules.py and graph/strength.py and with the keyed draws of simulation/draws.py.
 */
#ifndef CONTACT_H
#define CONTACT_H

#include <stdint.h>

enum { ABSENT, PRESENT, LEAVING };
enum { SEAT_LEAVES, OURS_LEAVES, REORGANISES, NEW_MANAGER };
enum { DEPARTS = 1, ARRIVES, NEWCOMER, OURS_DEPART, OURS_ARRIVE, REORGANISED, OPENS };
enum { ACCESS, SUPPORT, COVERAGE, THREADS, SURVIVAL, REVENUE, MARGIN, HOURS, SERIES };
enum { LOST_MONTH, REVENUE_DRAWN, MARGIN_DRAWN, HOURS_DRAWN, DRAWN };

/* One account and one strategy. Field by field the twin of `Problem` in benchmarks/native.py. */
typedef struct {
    int64_t seats, slots, ours, events, planned, months;
    const int64_t *joined;                                     /* seats */
    const double *weight, *influence, *decisive;               /* seats */
    const int8_t *talks_value;                                 /* seats */
    const double *leave, *leave_ours;                          /* seats, ours */
    const uint64_t *entity, *entity_ours;                      /* seats, ours */
    const int64_t *function;                                   /* seats */
    const int64_t *owner;                                      /* seats x slots, -1 where empty */
    const double *strength, *orientation;                      /* seats x slots, seats */
    const int64_t *line_start, *line_from;                     /* seats + 1, lines */
    const double *line_pull;                                   /* lines */
    const int64_t *event_month, *event_kind, *event_at;        /* events */
    const double *event_share, *price;                         /* events, months + 1 */
    const double *wanted, *hours;                              /* seats x slots, months + 1 x ours */
    const double *effort, *effort_hours;                       /* planned x seats x slots */
    double volume, wallet, margin, hour_scale, thread_min, opponent_below;
    double weak, handover;
    int64_t reassign;
    double replacement_theirs, replacement_ours, mood, decay_scale, half_weak, half_strong, contact_gain,
        attention, new_tie_rate, referral, s_new, s_gone, o_base, follow, shock_fade, r_half, hour_cost;
} Problem;

/* Where the results of `count` replicates go; strides in elements. */
typedef struct {
    double *series; /* [SERIES][replicate][month] */
    int64_t series_stride, replicate_stride;
    double *drawn; /* [DRAWN][replicate] */
    int64_t drawn_stride;
    int8_t *missed; /* [replicate][event] */
} Results;

/* Runs the replicates first ... first + count - 1; returns 0, or 1 where memory is short. */
int run(const Problem *p, uint64_t seed, int64_t first, int64_t count, const Results *out);

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t replicate_key(uint64_t seed, int64_t replicate)
{
    return mix(mix(seed + GOLDEN) + ((uint64_t)replicate + 1) * GOLDEN);
}

static inline uint64_t month_key(uint64_t key, int64_t month)
{
    return mix(key + ((uint64_t)month + 1) * GOLDEN);
}

static inline uint64_t kind_key(uint64_t of_month, int kind)
{
    return mix(of_month + ((uint64_t)kind + 1) * GOLDEN);
}

/* The 53 bits of a uniform number. */
static inline int64_t bits(uint64_t key, uint64_t entity, uint64_t second)
{
    return (int64_t)(mix(mix(key + entity * GOLDEN) + second * GOLDEN) >> 11);
}

static inline double ratio(double part, double whole)
{
    return whole > 0.0 ? part / whole : 0.0;
}

#endif
