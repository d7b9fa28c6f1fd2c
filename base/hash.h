/* Hashes and the counter-based fill that makes seeded tensors. */
#ifndef IG_BASE_HASH_H
#define IG_BASE_HASH_H

#include "ingot/base.h" /* ig_hash_fnv64 is public */

uint32_t ig_hash_fnv32(const char *text);
/* Uniform in [0,1): element `index` of the stream `seed` (golden-ratio counter through murmur3's 32-bit finaliser). */
double ig_hash_uniform(uint32_t seed, uint32_t index);

#endif
