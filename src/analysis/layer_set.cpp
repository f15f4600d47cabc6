#include "analysis/layer_set.h"

#include <algorithm>
#include <optional>

#include "analysis/counting_source.h"
#include "core/parallel.h"
#include "layer/read.h"

namespace imgslim::analysis {
namespace {

using image::ImageInfo;
using tree::LayerPtr;

struct Job {
  std::string member;
  std::uint64_t size_bytes = 0;
};

std::string layer_name(const ImageInfo& info, std::size_t index) {
  const auto& ref = info.layers[index];
  const auto& digest = ref.descriptor.digest.empty() ? ref.diff_id : ref.descriptor.digest;
  return "layer " + std::to_string(index + 1) + (digest.empty() ? "" : " (" + digest.text().substr(0, 19) + "...)");
}

/// A layer that the image lists and the archive does not hold.
LayerPtr absent_layer() { return std::make_shared<const layer::Layer>(); }

std::vector<Job> distinct_jobs(const archive::MemberStore& members, const ImageInfo& info) {
  std::vector<Job> jobs;
  for (const auto& ref : info.layers) {
    if (ref.member.empty()) continue;
    const auto found = members.find(ref.member);
    jobs.push_back({ref.member, found ? members.members()[*found].second.size_bytes : 0});
  }
  std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.member < b.member; });
  const auto same = [](const Job& a, const Job& b) { return a.member == b.member; };
  jobs.erase(std::unique(jobs.begin(), jobs.end(), same), jobs.end());
  std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.size_bytes > b.size_bytes; });
  return jobs;
}

Result<LayerPtr> read_member(const archive::MemberStore& members, const Job& job, layer::Pipelining pipelining,
                             const ReadSettings& settings) {
  IMGSLIM_TRY(const auto source, members.open(job.member));
  CountingSource counted(*source, settings.progress);
  IMGSLIM_TRY(auto layer, layer::read(counted, pipelining, settings.limits));
  return std::make_shared<const layer::Layer>(std::move(layer));
}

/// Results land by job, so that the outcome does not depend on who was faster.
class LayerReaders {
 public:
  LayerReaders(const archive::MemberStore& members, std::vector<Job> jobs, const ReadSettings& settings)
      : members_(members), jobs_(std::move(jobs)), settings_(settings), results_(jobs_.size()) {
    for (const auto& job : jobs_) total_bytes_ += job.size_bytes;
  }

  LayersByMember run() {
    if (settings_.progress != nullptr) settings_.progress->total_bytes = total_bytes_;
    run_parallel(settings_.threads, jobs_.size(), [this](std::size_t i) {
      results_[i] = read_member(members_, jobs_[i], pipelining(jobs_[i]), settings_);
    });
    LayersByMember layers;
    for (std::size_t i = 0; i < jobs_.size(); ++i) layers.emplace(jobs_[i].member, std::move(*results_[i]));
    return layers;
  }

 private:
  /// A layer that is more than a worker's share of the image would leave the others idle: its stages get threads.
  layer::Pipelining pipelining(const Job& job) const {
    const bool dominates = job.size_bytes > total_bytes_ / settings_.threads;
    return settings_.threads > 1 && dominates ? layer::Pipelining::on : layer::Pipelining::off;
  }

  const archive::MemberStore& members_;
  const std::vector<Job> jobs_;
  const ReadSettings& settings_;
  std::vector<std::optional<Result<LayerPtr>>> results_;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace

Result<std::vector<LayerPtr>> read_layers(const archive::MemberStore& members, const ImageInfo& info,
                                          const ReadSettings& settings) {
  const auto layers = LayerReaders(members, distinct_jobs(members, info), settings).run();
  return pick_layers(layers, info);
}

Result<std::vector<LayerPtr>> pick_layers(const LayersByMember& layers, const ImageInfo& info) {
  std::vector<LayerPtr> picked;
  for (std::size_t i = 0; i < info.layers.size(); ++i) {
    const auto& member = info.layers[i].member;
    if (member.empty()) {
      picked.push_back(absent_layer());
      continue;
    }
    const auto found = layers.find(member);
    if (found == layers.end())
      return input_error(layer_name(info, i) + ": " + member + " is not a layer: neither a tar nor a compressed one");
    if (!found->second) return Error(found->second.error()).within(layer_name(info, i));
    picked.push_back(*found->second);
  }
  return picked;
}

}  // namespace imgslim::analysis
