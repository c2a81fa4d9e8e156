#include "adapters/log_sink.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace sallyport::adapters {

namespace {

std::string_view word_of(log::Level level) noexcept
{
    switch (level) {
    case log::Level::debug: return "debug";
    case log::Level::info: return "info";
    case log::Level::warning: return "warning";
    case log::Level::error: return "error";
    case log::Level::alarm: return "alarm";
    }
    return "";
}

}  // namespace

LogSink::LogSink(log::Level least)
    : m_logger(
          std::make_shared<spdlog::logger>("sallyport", std::make_shared<spdlog::sinks::stderr_sink_mt>())),
      m_least(least)
{
    m_logger->set_level(spdlog::level::trace);
    m_logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %v",
                                                                        spdlog::pattern_time_type::utc));
    m_logger->flush_on(spdlog::level::err);
}

LogSink::~LogSink() = default;

void LogSink::write(log::Level level, std::string_view line)
{
    if (level < m_least) return;
    std::string text(word_of(level));
    text += ' ';
    text += line;
    const bool urgent = level >= log::Level::error;
    m_logger->log(urgent ? spdlog::level::err : spdlog::level::info,
                  spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace sallyport::adapters
