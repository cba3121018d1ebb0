// See the module.
#pragma once

#include "tests/support/world/cases.hpp"  // IWYU pragma: export
