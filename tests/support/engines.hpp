// The engines that a test runs on; see the module.
#pragma once

#include "tests/support/engines/engines.hpp"  // IWYU pragma: export
