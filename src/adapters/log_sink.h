#pragma once
#include "base/log.h"

#include <memory>

namespace spdlog {
class logger;
}

namespace sallyport::adapters {

/// Lines to standard error: "2026-01-02T03:04:05.678Z warning event key="value"". Any thread; alarms are
/// flushed and marked "alarm". Lines below `least` are dropped.
class LogSink : public log::Sink {
public:
    explicit LogSink(log::Level least = log::Level::info);
    ~LogSink() override;
    void write(log::Level level, std::string_view line) override;

private:
    std::shared_ptr<spdlog::logger> m_logger;
    log::Level m_least;
};

}  // namespace sallyport::adapters
