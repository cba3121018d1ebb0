# The modules and who uses whom: arrows point down this file only.
house_module(shared/base LIBS PkgConfig::sodium fmt::fmt)
house_module(shared/json USES shared/base LIBS boost_json)
house_module(shared/crypto USES shared/base LIBS PkgConfig::sodium OpenSSL::Crypto)
house_module(shared/telemetry USES shared/base LIBS fmt::fmt)
house_module(shared/config USES shared/base LIBS PkgConfig::yaml)
house_module(shared/db USES shared/base shared/telemetry LIBS PkgConfig::sqlite PkgConfig::pq TEST_USES tests/support/engines)
house_module(shared/http USES shared/base shared/telemetry LIBS OpenSSL::SSL OpenSSL::Crypto)
house_module(shared/mux USES shared/base shared/http)
