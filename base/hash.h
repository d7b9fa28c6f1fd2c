/* Hashes and the counter-based fill that makes seeded tensors. */
#ifndef IG_BASE_HASH_H
#define IG_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t ig_hash_fnv32(const char *text);
#define IG_HASH_FNV64_SEED UINT64_C(14695981039346656037)
uint64_t ig_hash_fnv64(uint64_t seed, const void *bytes, size_t length);
/* Uniform in [0,1): element `index` of the stream `seed` (golden-ratio counter through murmur3's 32-bit finaliser). */
double ig_hash_uniform(uint32_t seed, uint32_t index);

#endif
