# What most files include, read once for all of them: most of a build's time is spent on reading headers. Each file names what
# it needs all the same.
set(common_headers
  <algorithm> <array> <charconv> <chrono> <cstdint> <filesystem> <fstream> <functional> <map> <memory> <mutex> <optional> <random>
  <set> <sstream> <stdexcept> <string> <string_view> <system_error> <thread> <unordered_map> <unordered_set> <utility>
  <variant> <vector> <fmt/format.h>)
set(asio_headers
  <boost/asio/any_io_executor.hpp> <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
  <boost/asio/write.hpp>)

# Both come from the first target that compiles with them. Their macros are those of fmt and Asio: where these are missing,
# the compiler would have to turn them down.
function(consent_sync_precompile target)
  get_target_property(libraries ${target} LINK_LIBRARIES)
  if(target STREQUAL consent_sync_asio)
    target_precompile_headers(${target} PRIVATE ${common_headers} ${asio_headers})
  elseif(target STREQUAL consent_sync_consent)
    target_precompile_headers(${target} PRIVATE ${common_headers})
  elseif(consent_sync_asio IN_LIST libraries AND NOT target STREQUAL consent_sync_app)
    target_precompile_headers(${target} REUSE_FROM consent_sync_asio)
  elseif(fmt::fmt IN_LIST libraries)
    target_precompile_headers(${target} REUSE_FROM consent_sync_consent)
  endif()
endfunction()
