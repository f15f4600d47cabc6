// The only file that is compiled for AVX2. It includes nothing of the standard C++ library: an inline function of it
// that is compiled here might be the one the linker keeps, and then run on processors without AVX2. What is inlined of
// xxHash has names of its own, so the library's state, which has the same layout in the same version, comes as void*.
#include "layer/xxh3_avx2.h"

#if IMGSLIM_XXH3_AVX2
#define XXH_INLINE_ALL
#include <xxhash.h>

static_assert(XXH_VECTOR == XXH_AVX2);

namespace imgslim::layer {

void xxh3_update_avx2(void* state, const void* bytes, size_t size) {
  XXH3_128bits_update(static_cast<XXH3_state_t*>(state), bytes, size);
}

}  // namespace imgslim::layer
#endif
