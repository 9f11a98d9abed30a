using Switch.Chaos.BrokenSwitch;
using Switch.Service.Hosting;

// The service with one deliberate fault, named by SWITCH_BROKEN. The chaos run must find it; nobody else starts this.
if (BrokenVariants.Find(Environment.GetEnvironmentVariable("SWITCH_BROKEN")) is not { } breakIt)
{
    await Console.Error.WriteLineAsync($"SWITCH_BROKEN must be one of: {string.Join(", ", BrokenVariants.Names)}");
    return 2;
}

await using var app = SwitchHost.Build(WebApplication.CreateSlimBuilder(args), breakIt);
await app.RunAsync();
return 0;
