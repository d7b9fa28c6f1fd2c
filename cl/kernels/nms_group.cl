//@ kernel nms_group
//@ op nms
//@ doc One work-group an image: radix select of the K best scores, stable radix sort of those, then greedy suppression.
//@ priority 10
//@ tune VW {1,4,8,16} = 1 : boxes compared at once
//@ tune LX {1,2,4,8,16,32,64,128,256,512} = 64 : work-items of a group
//@ let LANES = VW
//@ let ROOM = ceil(K, LANES) * LANES
//@ when N * ROOM <= 200000000 && M * 5 <= 2147483647
//@ define LANES LX COLS
//@ arg buffer in 0 boxes
//@ arg buffer in 1 scores
//@ arg buffer out y
//@ arg buffer scratch s N * 10 * ROOM * 4
//@ arg int M K ROOM AFTER
//@ arg float iou
//@ arg float min_size
//@ local_mem (16 * LX + 17) * 4
//@ local LX, 1, 1
//@ groups N, 1, 1

#pragma OPENCL FP_CONTRACT OFF /* rounding decides which boxes go: exactly the reference's operations */

#define DIGITS 16
#define DIGIT(key, shift) ((int)((key) >> (shift) & 15u))
#if LX == 1
#define MEET
#else
#define MEET barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#endif

/* Local memory: counts by digit and work-item, then over all work-items. Until they meet, every work-item touches only
 * its own counts. */
#define OWN(counts, digit) counts[(digit) * LX + (int)get_local_id(0)]
#define ALL(counts, digit) counts[DIGITS * LX + (digit)]

/* Unsigned keys that fall as scores do: equal for 0 and -0, 0 for NaN. */
static inline uint key_of(float score)
{
    const uint bits = as_uint(score);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return 0;
    if (bits == 0x80000000u)
        return 0x80000000u;
    return bits >> 31 ? ~bits : bits | 0x80000000u;
}

#if COLS == 5
#define SCORE(i) boxes[(i) * 5 + 4]
#else
#define SCORE(i) scores[i]
#endif

/* The run of n neighbouring elements that belongs to this work-item. */
static inline int2 own_run(int n)
{
    const int length = (n + LX - 1) / LX, begin = min((int)get_local_id(0) * length, n);
    return (int2)(begin, min(begin + length, n));
}

static inline void clear_counts(__local int *counts)
{
    for (int d = 0; d < DIGITS; ++d)
        OWN(counts, d) = 0;
}

/* Turns the counts into places: how many of the same digit stand in the runs before. `all` gets the sums. */
static inline __attribute__((always_inline))
void add_up(__local int *counts)
{
    MEET;
    for (int d = get_local_id(0); d < DIGITS; d += LX) {
        int sum = 0;
        for (int i = 0; i < LX; ++i) {
            const int count = counts[d * LX + i];
            counts[d * LX + i] = sum;
            sum += count;
        }
        ALL(counts, d) = sum;
    }
    MEET;
}

/* The K-th largest key; `rest` becomes how many of that very key are among the K. */
static inline __attribute__((always_inline))
uint select_key(__global const float *boxes, __global const float *scores, int M, int *rest, __local int *counts)
{
    const int2 run = own_run(M);
    uint prefix = 0;
    for (int shift = 28; shift >= 0; shift -= 4) {
        clear_counts(counts);
        for (int i = run.x; i < run.y; ++i) {
            const uint key = key_of(SCORE(i));
            if (key >> shift >> 4 == prefix)
                OWN(counts, DIGIT(key, shift)) += 1;
        }
        add_up(counts);
        int d = DIGITS - 1;
        for (; d > 0 && *rest > ALL(counts, d); --d)
            *rest -= ALL(counts, d);
        prefix = prefix << 4 | (uint)d;
        MEET; /* the sums have been read */
    }
    return prefix;
}

/* Writes the boxes above `least`, and the first `rest` of that key, in the order of their indices. */
static inline __attribute__((always_inline))
void collect(__global const float *boxes, __global const float *scores, int M, uint least, int rest,
             __global uint *keys, __global int *index, __local int *counts)
{
    const int2 run = own_run(M);
    clear_counts(counts);
    for (int i = run.x; i < run.y; ++i) {
        const uint key = key_of(SCORE(i));
        if (key >= least)
            OWN(counts, key > least) += 1;
    }
    add_up(counts);
    int equal = OWN(counts, 0), at = OWN(counts, 1) + min(equal, rest);
    for (int i = run.x; i < run.y; ++i) {
        const uint key = key_of(SCORE(i));
        if (key < least || (key == least && equal++ >= rest))
            continue;
        keys[at] = ~key; /* rising order from here on */
        index[at++] = i;
    }
    MEET;
}

/* One pass of a stable sort, by the digit at `shift`. */
static inline __attribute__((always_inline))
void sort_digit(__global const uint *keys, __global const int *index, __global uint *to_keys, __global int *to_index,
                int K, int shift, __local int *counts)
{
    const int2 run = own_run(K);
    clear_counts(counts);
    for (int i = run.x; i < run.y; ++i)
        OWN(counts, DIGIT(keys[i], shift)) += 1;
    add_up(counts);
    int below = 0;
    for (int d = 0; d < DIGITS; ++d) {
        OWN(counts, d) += below;
        below += ALL(counts, d);
    }
    for (int i = run.x; i < run.y; ++i) {
        const int at = OWN(counts, DIGIT(keys[i], shift))++;
        to_keys[at] = keys[i];
        to_index[at] = index[i];
    }
    MEET;
}

__kernel __attribute__((reqd_work_group_size(LX, 1, 1)))
void nms_group(__global const float *boxes, __global const float *scores, __global float *y, __global int *s, int M,
               int K, int ROOM, int AFTER, float iou, float min_size)
{
    __local int counts[DIGITS * LX + DIGITS], current[1];
    const int image = get_group_id(0), lx = get_local_id(0);
    boxes += image * M * COLS;
    scores += image * M; /* read only with four columns */
    y += image * AFTER * 5;
    s += image * 10 * ROOM;
    __global int *index = s + ROOM, *other = s + 2 * ROOM, *live = s + 4 * ROOM;
    __global float *x1 = (__global float *)s + 5 * ROOM, *y1 = x1 + ROOM, *x2 = y1 + ROOM, *y2 = x2 + ROOM;
    __global float *area = y2 + ROOM;

    int rest = K;
    uint least = 0;
    if (K < M)
        least = select_key(boxes, scores, M, &rest, counts);
    collect(boxes, scores, M, least, rest, (__global uint *)s, index, counts);
    for (int shift = 0; shift < 32; shift += 8) { /* there and back */
        sort_digit((__global uint *)s, index, (__global uint *)other, other + ROOM, K, shift, counts);
        sort_digit((__global uint *)other, other + ROOM, (__global uint *)s, index, K, shift + 4, counts);
    }

    for (int i = lx; i < ROOM; i += LX) {
        __global const float *box = boxes + (i < K ? index[i] : 0) * COLS;
        const float width = box[2] - box[0], height = box[3] - box[1];
        x1[i] = box[0];
        y1[i] = box[1];
        x2[i] = box[2];
        y2[i] = box[3];
        area[i] = width * height;
        live[i] = i < K && width >= min_size && height >= min_size;
    }

    int kept = 0, next = 0;
    for (; kept < AFTER; ++kept) {
        MEET;
        if (lx == 0) {
            while (next < K && !live[next])
                ++next;
            current[0] = next;
        }
        MEET;
        const int i = current[0];
        if (i >= K)
            break;
        next = i + 1;
        const float left = x1[i], top = y1[i], right = x2[i], bottom = y2[i], own_area = area[i];
        if (lx == 0) {
            y[kept * 5] = left;
            y[kept * 5 + 1] = top;
            y[kept * 5 + 2] = right;
            y[kept * 5 + 3] = bottom;
            y[kept * 5 + 4] = SCORE(index[i]);
        }
        for (int at = (next / LANES + lx) * LANES; iou < 1.0f && at < ROOM; at += LX * LANES) {
            const VF width = max(min(VLOAD(x2 + at), right) - max(VLOAD(x1 + at), left), 0.0f);
            const VF height = max(min(VLOAD(y2 + at), bottom) - max(VLOAD(y1 + at), top), 0.0f);
            const VF both = width * height;
            const VF sum = VLOAD(area + at) + own_area;
            const VF either = sum - both;
            const VF most = iou * either;
            const VI still = VLOAD(live + at);
            VSTORE(select(still, (VI)0, both > most), live + at);
        }
    }
    for (int i = kept * 5 + lx; i < AFTER * 5; i += LX)
        y[i] = 0.0f;
}
