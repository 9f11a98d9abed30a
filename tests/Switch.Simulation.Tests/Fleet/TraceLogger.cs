using Microsoft.Extensions.Logging;
using Switch.Simulation.Tests.Ports;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>
/// The service's log as lines of the trace, for whoever reads a failed seed; counts what says that the service has a
/// bug.
/// </summary>
internal sealed class TraceLogger<T>(Trace trace, string who) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        trace.Log(eventId.Name ?? "");
        if (exception is not (null or DiskReadException))
            trace.Fault($"{who}: {formatter(state, exception)} {exception}");
        if (trace.KeepsLines) trace.Note(who, "  log", formatter(state, exception));
    }
}
