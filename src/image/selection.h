#pragma once

#include <string>

#include "image/catalog.h"

namespace imgslim::image {

/// A candidate and the name under which it was asked for.
struct Chosen {
  std::size_t candidate = 0;
  std::string reference;
  std::vector<Note> notes;
};

/// Picks the one candidate that the selection means. Input errors: none, several images (listed, --ref), several
/// platforms (listed, --platform), an artifact asked for by name.
Result<Chosen> select(const Catalog& catalog, const Selection& selection);

}  // namespace imgslim::image
