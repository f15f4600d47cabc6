#pragma once

#include "imgslim/comment.h"

/// A report with findings, suggestions and a verdict, the Dockerfile that it is about, and a comparison with a base.
namespace imgslim::test {

DockerfileText sample_dockerfile();
Report suggested_report();
Comparison grown_comparison(const Report& head);  ///< 41.8 MB more, by one layer
Comparison same_comparison(const Report& head);   ///< 0.1 MB more
Report hostile_suggested_report();
Comparison hostile_comparison(const Report& head);
DockerfileText hostile_dockerfile();

}  // namespace imgslim::test
