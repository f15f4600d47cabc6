#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dockerfile/ast.h"
#include "image/image_info.h"
#include "imgslim/note.h"

namespace imgslim::attribution {

/// How an instruction was tied to its layer, strongest first.
enum class InstructionSource { provenance, dockerfile, history, none };
[[nodiscard]] std::string_view source_name(InstructionSource source);

/// One build step.
struct BuildStep {
  std::string text;     ///< as the history (or the Dockerfile) has it, shells and markers of the builder taken off
  std::string kind;     ///< "RUN"; "" when unknown
  std::string created;  ///< as the history states it
  InstructionSource source = InstructionSource::none;
  std::optional<image::SourceRange> lines;
  std::optional<std::uint32_t> layer;        ///< that the step made
  std::optional<std::uint32_t> instruction;  ///< of the given Dockerfile: position in File::instructions
};

/// A Dockerfile on the user's disk, for matching.
struct NamedDockerfile {
  std::string name;  ///< as the user wrote it; goes to reports
  dockerfile::File file;
};

/// The steps of an image and who made each layer.
struct Instructions {
  std::vector<BuildStep> steps;                        ///< in order, those without a layer too
  std::vector<std::uint32_t> step_of_layer;            ///< index into steps
  InstructionSource source = InstructionSource::none;  ///< the strongest that was used
  std::uint32_t matched_instructions = 0;              ///< of the Dockerfile
  std::uint32_t dockerfile_instructions = 0;
  std::optional<std::uint32_t> first_matched_layer;  ///< lowest layer that the Dockerfile accounts for
  std::vector<Note> notes;
};

/// Below this share of matched instructions, the Dockerfile is taken to be another image's and nothing is attributed to
/// it.
inline constexpr double least_matched_share = 0.5;

/// Ties layers to steps: by provenance where the image carries it, by the history otherwise, and from the history to
/// the Dockerfile's lines when one is given. Layers that the history does not cover get a step without text.
[[nodiscard]] Instructions trace_instructions(const image::ImageInfo& info,
                                              const std::optional<NamedDockerfile>& dockerfile);

}  // namespace imgslim::attribution
