using Switch.Service.Hosting;

// A container without a shell asks its own program: "healthcheck URL" ends with 0 when the URL answers 200.
if (args is ["healthcheck", var url]) return await HealthCommand.RunAsync(url);

try
{
    var builder = WebApplication.CreateSlimBuilder(args);
    await using var app = SwitchHost.Build(builder);
    await app.RunAsync();
    return 0;
}
catch (Exception e) when (SwitchHost.IsFaultOfSetup(e))
{
    await Console.Error.WriteLineAsync($"Switch can't start: {e.Message}");
    return 1;
}
