#include "attribution/database_texts.h"

#include "core/path.h"

namespace imgslim::attribution {

using packages::DatabaseKind;

DatabaseTexts::DatabaseTexts(const tree::MergedTree& tree) {
  for (tree::LayerIndex index = 0; index < tree.layer_count(); ++index)
    for (const auto& text : tree.layer(index).texts) {
      const auto id = tree.id_of(index, text.entry);
      if (tree.fate(id).fate == tree::Fate::visible) texts_[text.kind][tree.entry_path(id)] = text.bytes;
    }
}

const DatabaseTexts::Texts& DatabaseTexts::of(DatabaseKind kind) const {
  static const Texts none;
  const auto found = texts_.find(kind);
  return found == texts_.end() ? none : found->second;
}

std::string_view DatabaseTexts::only(DatabaseKind kind) const {
  const auto& texts = of(kind);
  return texts.empty() ? std::string_view() : texts.rbegin()->second;
}

packages::DpkgDatabase DatabaseTexts::dpkg() const {
  packages::DpkgDatabase database;
  database.status = only(DatabaseKind::dpkg_status);
  database.diversions = only(DatabaseKind::dpkg_diversions);
  for (const auto kind : {DatabaseKind::dpkg_list, DatabaseKind::dpkg_md5sums, DatabaseKind::dpkg_conffiles})
    for (const auto& [path, text] : of(kind)) database.info[std::string(base_name(path))] = text;
  for (const auto kind : {DatabaseKind::dpkg_status_d, DatabaseKind::dpkg_status_d_md5sums})
    for (const auto& [path, text] : of(kind)) database.status_d[std::string(base_name(path))] = text;
  return database;
}

}  // namespace imgslim::attribution
