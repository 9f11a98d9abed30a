using Switch.Chaos;
using Switch.Chaos.Overload;

if (args is [OverloadOptions.Verb, .. var rest])
    return await OverloadProgram.RunAsync(rest, TextWriter.Synchronized(Console.Out), Console.Error);

var options = ChaosOptions.Parse(args, out var fault);
if (options is null || options.Help)
{
    await Console.Error.WriteLineAsync(options is null ? $"{fault}\n" : "");
    await Console.Out.WriteLineAsync(ChaosOptions.Usage);
    return options is null ? 2 : 0;
}

return await ChaosProgram.RunAsync(options, TextWriter.Synchronized(Console.Out), Console.Error);
