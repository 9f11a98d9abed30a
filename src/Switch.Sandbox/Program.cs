using Switch.Sandbox;

var options = SandboxOptions.Parse(args, out var fault);
if (options is null)
{
    await Console.Error.WriteLineAsync($"{fault}{Environment.NewLine}{SandboxOptions.Usage}");
    return 2;
}

using var interrupted = new Interruption();
try
{
    return await new SandboxRun(options, Console.Out, TimeProvider.System).RunAsync(interrupted.Token);
}
catch (Exception e) when (SandboxRun.IsInterruption(e, interrupted.Token))
{
    await Console.Error.WriteLineAsync("sandbox: interrupted before the demonstration was over; everything is stopped");
    return 130;
}
catch (Exception e) when (SandboxRun.IsFaultOfSetup(e))
{
    await Console.Error.WriteLineAsync($"sandbox: {e.Message}");
    return 1;
}
