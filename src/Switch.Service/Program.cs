using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging.Console;
using Switch.Service.Hosting;

// A container without a shell asks its own program: "healthcheck URL" ends with 0 when the URL answers 200.
if (args is ["healthcheck", ..]) return await HealthCommand.RunAsync(args[1..]);

try
{
    // The configuration is read once; to watch for changes of it would mean to be told of every write of the journal.
    var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
    // Below every other source, and wherever the program is started: it says how logs are written.
    builder.Configuration.Sources.Insert(0, new JsonConfigurationSource
    {
        FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
        Path = "appsettings.json",
    });
    // The slim builder sets a formatter of its own above the configured one.
    builder.Services.Configure<ConsoleLoggerOptions>(builder.Configuration.GetSection("Logging:Console"));
    await using var app = SwitchHost.Build(builder);
    await app.RunAsync();
    return 0;
}
catch (OperationCanceledException)
{
    return 0; // told to stop before it was up
}
catch (InvalidDataException e)
{
    // A configuration file that is no JSON; the inner message has the line.
    await Console.Error.WriteLineAsync($"Switch can't start: {e.Message} {e.InnerException?.Message}");
    return 1;
}
catch (Exception e) when (SwitchHost.IsFaultOfSetup(e))
{
    await Console.Error.WriteLineAsync($"Switch can't start: {e.Message}");
    return 1;
}
