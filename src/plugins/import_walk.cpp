#include "plugins/import_walk.h"

namespace imgslim::plugins {

std::optional<Tier> tier_of(imports::Level level, IsProgram is_program) {
  switch (level) {
    case imports::Level::load:
      return Tier::likely;
    case imports::Level::main:
      if (is_program == IsProgram::yes) return Tier::likely;
      return std::nullopt;
    case imports::Level::elsewhere:
      return std::nullopt;
    case imports::Level::fallback:
    case imports::Level::lazy:
    case imports::Level::call:
      return Tier::possible;
  }
  return std::nullopt;
}

ImportWalk::ImportWalk(const Context& context, Via via, imports::Language language)
    : context_(context), via_(via), language_(language) {}

const imports::SourceFacts* ImportWalk::facts_of(rootfs::FileId file) {
  if (const auto* facts = context_.files.source(file); facts != nullptr && facts->language == language_) return facts;
  const auto text = context_.files.text(file);
  if (!text) return nullptr;
  own_facts_.push_back(imports::read_imports(language_, *text));
  return &own_facts_.back();
}

void ImportWalk::reach(const rootfs::Found& file, const Reason& reason, Via via) {
  const auto [place, added] = tiers_.try_emplace(file.file, reason.tier);
  if (!added && place->second <= reason.tier) return;
  place->second = reason.tier;
  const auto* const object = context_.files.elf(file.file);
  candidates_.push_back(
      {file.path, object != nullptr ? Use::object : Use::source, reason.tier, via, reason.from, reason.detail});
  auto& queue = reason.tier == Tier::possible ? doubtful_ : sure_;
  queue.push_back({file.path, reason.tier, object != nullptr ? nullptr : facts_of(file.file), object});
}

void ImportWalk::reach_text(std::string_view text, const std::string& path, Tier tier) {
  own_facts_.push_back(imports::read_imports(language_, text));
  sure_.push_back({path, tier, &own_facts_.back(), nullptr});
}

std::optional<ImportWalk::Visit> ImportWalk::next() {
  auto& queue = sure_.empty() ? doubtful_ : sure_;
  if (queue.empty()) return std::nullopt;
  auto visit = std::move(queue.front());
  queue.pop_front();
  return visit;
}

}  // namespace imgslim::plugins
