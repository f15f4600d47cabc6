#include "layer/layer.h"

#include "core/path.h"

namespace imgslim::layer {

std::string Layer::path(const Entry& entry) const {
  const auto prefix = entry.marker == Marker::whiteout ? ".wh." : "";
  return join_path(directory(entry), prefix + std::string(name(entry)));
}

std::string Layer::subject(const Entry& entry) const { return join_path(directory(entry), name(entry)); }

}  // namespace imgslim::layer
