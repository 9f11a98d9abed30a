using System.Runtime.InteropServices;
using Switch.Simulator;

// Read by the sockets when the first is made. What a connection receives is then answered by the thread that waits for
// it, which wakes no other: a request needs no waiting here, and the processor belongs to the switch beside it.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await SimulatorCommand.RunAsync(args, Console.Out, Console.Error, stop.Token);
