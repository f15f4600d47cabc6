#pragma once

#include "imgslim/measure.h"
#include "report/json_memory_fields.h"

/// The members of what was measured; see json_fields.h.
namespace imgslim::report {

template <typename V, Is<MeasuredObject> T>
void visit_fields(V& v, T& object) {
  v("path", object.path);
  v("predicted", object.predicted);
  v("mapped", object.mapped);
  v("estimate_bytes", object.estimate_bytes);
  v("measured_bytes", object.measured_bytes);
  v("estimate_private_bytes", object.estimate_private_bytes);
  v("measured_private_bytes", object.measured_private_bytes);
}

template <typename V, Is<MeasureAnswer> T>
void visit_fields(V& v, T& answer) {
  v("image", answer.image);
  v("program", answer.program);
  v("processes", answer.processes);
  v("estimate", answer.estimate);
  v("measured_bytes", answer.measured_bytes);
  v("estimate_private_bytes", answer.estimate_private_bytes);
  v("measured_private_bytes", answer.measured_private_bytes);
  v("in_range", answer.in_range);
  v("objects", answer.objects);
}

}  // namespace imgslim::report
