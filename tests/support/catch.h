#pragma once

/// The one place that names Catch2's header (v2 on Debian 12; v3 is catch2/catch_all.hpp).
#include <catch2/catch.hpp>
