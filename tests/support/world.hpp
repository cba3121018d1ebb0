// See the module.
#pragma once

#include "tests/support/world/world.hpp"  // IWYU pragma: export
