#pragma once

#include "imgslim/report.h"
#include "imgslim/tree_view.h"
#include "imgslim/why.h"

/// Reports made by hand for golden files and properties; each one reconciles.
namespace imgslim::test {

Report realistic_report();     ///< a Python service on Debian with the usual mistakes
TreeView realistic_tree();     ///< some files of it
WhyAnswer realistic_answer();  ///< a path and a package of it
Report one_layer_report();     ///< uncompressed archive, nothing wasted, no base
Report empty_report();         ///< an image without layers
Report hostile_report();       ///< names that attack terminals and layouts
WhyAnswer hostile_answer();

}  // namespace imgslim::test
